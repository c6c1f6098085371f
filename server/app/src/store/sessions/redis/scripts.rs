//! The scripts. Each file is one operation; what they share stands before it.

use std::sync::LazyLock;

use crate::store::redis::Script;

macro_rules! of_session {
    ($operation:literal) => {
        Script::new(concat!(
            include_str!("../scripts/session.lua"),
            include_str!(concat!("../scripts/", $operation, ".lua"))
        ))
    };
}

/// One of each.
pub(super) struct Scripts {
    pub(super) create: Script,
    pub(super) record: Script,
    pub(super) claim: Script,
    pub(super) renew: Script,
    pub(super) append: Script,
    pub(super) release: Script,
    pub(super) end: Script,
    pub(super) read: Script,
    pub(super) page: Script,
    pub(super) ask: Script,
    pub(super) asks: Script,
    pub(super) seats: Script,
    pub(super) holders: Script,
    pub(super) uploads: Script,
    pub(super) index: Script,
}

pub(super) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| Scripts {
    create: of_session!("create"),
    record: of_session!("record"),
    claim: of_session!("claim"),
    renew: of_session!("renew"),
    append: of_session!("append"),
    release: of_session!("release"),
    end: of_session!("end"),
    read: of_session!("read"),
    page: of_session!("page"),
    ask: of_session!("ask"),
    asks: of_session!("asks"),
    seats: of_session!("seats"),
    holders: of_session!("holders"),
    uploads: of_session!("uploads"),
    index: Script::new(include_str!("../scripts/index.lua")),
});
