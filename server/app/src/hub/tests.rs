//! Sessions that end badly, and those beside them that do not notice.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use vitrine_core::access::{PrivilegeSet, Rights, Sites};
use vitrine_core::ids::AgentKey;
use vitrine_core::session::{AgentProfile, CloseCode, EndReason};

use super::{FromCustomer, Hub, Mail, Running, Viewer};
use crate::assets::{Assets, SystemNames};
use crate::audit::{Actor, Audit};
use crate::auth::join_code::JoinCodes;
use crate::auth::login::{Login, SignedIn};
use crate::auth::secret::Digest;
use crate::auth::subject::Subject;
use crate::config;
use crate::live::Live;
use crate::net::outbox::{Outbox, Work};
use crate::ops::clock::Time;
use crate::store::{Memory, Store};

mod nodes;

const PATIENCE: Duration = Duration::from_secs(10);

fn hub() -> Hub {
    let config = config::parse("test.toml", "[sites.shop]\n", &[]).config.unwrap();
    let assets = Arc::new(Assets::new(&config, Arc::new(SystemNames)).unwrap());
    let audit = Arc::new(Audit::start(&config.audit).unwrap());
    let live = Arc::new(Live::new(config).unwrap());
    let (store, codes) = (Arc::new(Store::Memory(Memory::default())), Arc::new(JoinCodes::new(Arc::clone(&live), 9)));
    Hub::new(live, store, codes, assets, audit, None).unwrap()
}

async fn begin(hub: &Hub) -> Arc<Running> {
    let begun = hub.begin(&hub.home.live.config().sites["shop"], None).await.unwrap();
    hub.find(&begun.id).unwrap()
}

fn outbox() -> Arc<Outbox> {
    Arc::new(Outbox::new(1 << 20))
}

/// What a socket's writer would send, up to its close code.
async fn said(outbox: &Outbox) -> (String, CloseCode) {
    let mut said = String::new();
    let reading = async {
        loop {
            match outbox.next(&mut None).await {
                Work::Send(messages) => messages.into_iter().for_each(|message| match message {
                    Message::Text(text) => said.push_str(&text),
                    other => panic!("{other:?}"),
                }),
                Work::Close(code) => return code,
                other => panic!("{other:?}"),
            }
        }
    };
    let code = timeout(PATIENCE, reading).await.expect("closed in time");
    (said, code)
}

/// A socket that the session's task has taken. Its channel holds one message, so a second one, of a socket that was never
/// there, is in it only when the first is out.
async fn customer(running: &Running) -> Arc<Outbox> {
    let customer = outbox();
    running.from_customer(FromCustomer::Attached(Arc::clone(&customer))).await.unwrap();
    running.from_customer(FromCustomer::Detached(outbox())).await.unwrap();
    customer
}

async fn agent(running: &Running, key: u64) -> Arc<Outbox> {
    let agent = outbox();
    let rights = Rights { privileges: PrivilegeSet::default(), sites: Sites::All, session: None };
    let profile = AgentProfile { key: AgentKey(key), name: "ann".into(), rights, joined: true };
    running.mail(Mail::AgentJoined(profile, Arc::clone(&agent))).await.unwrap();
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_one_session_ends_that_one_and_says_so() {
    let hub = hub();
    let (faulty, other) = (begin(&hub).await, begin(&hub).await);
    let sockets = [customer(&faulty).await, agent(&faulty, 1).await];
    let others = [customer(&other).await, agent(&other, 2).await];
    faulty.mail(Mail::Panic).await.unwrap();
    for socket in sockets {
        let (said, code) = said(&socket).await;
        assert_eq!(code, CloseCode::Internal);
        assert!(said.ends_with(r#"{"t":"ended","reason":"server-failure"}"#), "{said}");
    }
    assert_eq!(faulty.over().await, CloseCode::Internal, "also for whoever it never heard of");
    assert!(hub.find(&faulty.id).is_none());
    assert!(hub.find(&other.id).is_some());
    other.mail(Mail::End(EndReason::Agent, Actor::System, None)).await.unwrap();
    for socket in others {
        let (said, code) = said(&socket).await;
        assert_eq!(code, CloseCode::Ended);
        assert!(said.ends_with(r#"{"t":"ended","reason":"agent"}"#), "{said}");
    }
}

/// The socket attaches before, while and after the session's task ends: the runtime chooses, a few hundred times.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_comes_as_the_session_ends_is_not_left_open() {
    let hub = hub();
    for end in [(|reason| Mail::End(reason, Actor::System, None)) as fn(EndReason) -> Mail, |_| Mail::Panic] {
        for round in 0..200 {
            let running = begin(&hub).await;
            let late = outbox();
            let coming = {
                let (running, late) = (Arc::clone(&running), Arc::clone(&late));
                tokio::spawn(async move {
                    let _ = running.from_customer(FromCustomer::Attached(Arc::clone(&late))).await;
                    // As a socket does beside its reading and writing.
                    late.close(running.over().await);
                })
            };
            if round % 2 == 0 {
                tokio::task::yield_now().await;
            }
            running.mail(end(EndReason::Customer)).await.unwrap();
            let leaving = async {
                let (_, code) = said(&late).await;
                let _ = running.from_customer(FromCustomer::Detached(late)).await;
                code
            };
            let code = timeout(PATIENCE, leaving).await.expect("the socket was told");
            let wanted =
                if matches!(end(EndReason::Customer), Mail::Panic) { CloseCode::Internal } else { CloseCode::Ended };
            assert_eq!(code, wanted, "round {round}");
            timeout(PATIENCE, coming).await.expect("nobody waits for a session that is gone").unwrap();
        }
    }
}

#[tokio::test]
async fn who_signed_out_before_she_was_counted_gets_no_asset() {
    let hub = hub();
    let running = begin(&hub).await;
    let (login, socket) = (Digest::of("login"), outbox());
    let ann = Login {
        subject: Subject::Local("ann".into()),
        name: "ann".into(),
        roles: Vec::new(),
        sites: Sites::All,
        session: None,
        ends: Time(u64::MAX),
        holder: Digest::of("cookie"),
        provider: None,
        password: None,
    };
    let signed_in = SignedIn { id: login, login: ann, asset_cookie: "cookie".into() };
    let holder = signed_in.login.holder;
    hub.revoke(&login, &holder).await;
    let viewer = Viewer { signed_in, actor: Actor::System, admitted: true, outbox: Arc::clone(&socket) };
    let present = running.enter(AgentKey(1), viewer);
    assert!(running.presences.holds(&holder));
    running.revoke(&login, &holder);
    assert!(!running.presences.holds(&holder));
    assert_eq!(said(&socket).await.1, CloseCode::NotAuthenticated);
    drop(present);
    assert!(!running.presences.holds(&holder), "a door that was taken away does not linger");
}
