//! What is kept comes back as it was; what somebody else wrote there is read without a fault, or refused.

use proptest::prelude::*;
use serde_json::json;

use super::{Memory, Unreadable, VERSION};
use crate::ids::NodeId;
use crate::limits::Limits;
use crate::restrict::Level;
use crate::session::{Attributes, Identity, Now};
use crate::view::Masks;

fn level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Mask), Just(Level::Block), Just(Level::Hide)]
}

fn masks() -> impl Strategy<Value = Masks> {
    let id = prop_oneof![1..2_000u32, 1..=u32::MAX].prop_map(|id| NodeId::new(i64::from(id)).unwrap());
    let set = ("[a-c]{1,2}", prop::collection::btree_map(id, level(), 1..20));
    let sets = prop::collection::vec(set.prop_map(|(name, levels)| (name, levels.into_iter().collect())), 0..4);
    (sets, any::<bool>()).prop_map(|(instances, is_full)| Masks { instances, is_full })
}

fn identity() -> Identity {
    let given = json!({ "name": "Jane", "since": 18_446_744_073_709_551_615u64, "gold": true });
    let allowed = ["name", "since", "gold"].map(str::to_owned);
    let (attributes, _) = Attributes::pick(given.as_object().cloned().unwrap(), &allowed, &Limits::default());
    Identity { attributes, ends: Now(7) }
}

fn read(text: &[u8]) -> Result<Memory, Unreadable> {
    let mut memory = Memory::default();
    memory.read(text).map(|()| memory)
}

/// In one order, whatever order they came in.
fn sorted(mut masks: Masks) -> Masks {
    masks.instances.iter_mut().for_each(|(_, levels)| levels.sort_unstable());
    masks
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(masks in masks(), is_known in any::<bool>(), page in prop::option::of("[a-z]{1,64}")) {
        let known = is_known.then(identity);
        let memory = || Memory {
            masks: Masks { instances: masks.instances.clone(), is_full: masks.is_full },
            identity: Some(known.clone()),
            claimed: Some(identity().attributes),
            instance: page.clone(),
        };
        let again = read(&memory().write()).unwrap();
        prop_assert_eq!(sorted(again.masks), sorted(memory().masks));
        prop_assert_eq!((again.identity, again.claimed, again.instance), (Some(known), Some(identity().attributes), page));
    }

    #[test]
    fn no_bytes_are_read_with_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read(&[&[VERSION], &bytes[..]].concat());
    }

    /// Cut off or with one byte changed, it is refused or read as something else, and takes no more room than its bytes.
    #[test]
    fn damage_is_survived(masks in masks(), at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<bool>()) {
        let mut text = Memory { masks, identity: Some(Some(identity())), ..Memory::default() }.write();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = to }
        if let Ok(memory) = read(&text) {
            let ids: usize = memory.masks.instances.iter().map(|(_, levels)| levels.len()).sum();
            prop_assert!(ids <= text.len());
        }
    }
}

#[test]
fn nothing_new_is_nothing_to_keep() {
    assert!(Memory::default().write().is_empty());
}

#[test]
fn what_is_not_ours_is_refused_whole() {
    let whole = Memory { instance: Some("i1".into()), ..Memory::default() }.write();
    assert_eq!(read(&whole).unwrap().instance.as_deref(), Some("i1"));
    for text in [
        &b""[..],
        b"\x02",
        b"\x01\x07",
        b"\x01\x02\x01\x01\x05",
        b"\x01\x01\x02i1\x02\x01\xff\xff\xff\xff\x0f\x05",
        b"\x01\x01\x02i1\x02\x01\xff\xff\xff\xff\xff\x05",
        b"\x01\x01\x02i1\x02\x04\x01\x05",
        b"\x01\x01\x02i1\x02\x01\x01\x00",
        b"\x01\x01\x02i1\x02\x01\x02\xff\xff\xff\xff\x0f\x01",
        b"\x01\x01\x02\xff\xfe",
        b"\x01\x04\x02{}",
        &[&whole[..], b"\x09"].concat(),
        &[b"\x01\x06\x41", &[b'x'; 65][..]].concat(),
    ] {
        assert_eq!(read(text), Err(Unreadable), "{text:?}");
    }
}
