//! Tokens that open nothing, through the whole router: all are refused alike, and in the same time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, header};
use tower::ServiceExt;
use vitrine_core::access::Sites;
use vitrine_core::asset::{AssetKey, AssetKind, Opener, Sealer};
use vitrine_core::ids::{AgentKey, SessionId};
use vitrine_core::session::EndReason;

use crate::assets::SystemNames;
use crate::audit::Actor;
use crate::auth::login::{Login, SignedIn};
use crate::auth::secret::{Digest, random_bytes};
use crate::auth::subject::Subject;
use crate::config;
use crate::hub::{Mail, Present, Viewer};
use crate::live::Live;
use crate::net::outbox::Outbox;
use crate::ops::clock::Time;
use crate::routes::Routes;
use crate::start::App;
use crate::store::{Memory, Store};

const KEY: AssetKey = AssetKey { id: 1, secret: [1; 32] };
/// It was in use once, under the number that another has now.
const REMOVED: AssetKey = AssetKey { id: 1, secret: [9; 32] };
const URL: &str = "https://shop.example/a.png";
const RANDOM: usize = 100_000;
/// Bytes of a token of the smallest class.
const SMALLEST: usize = 146;

/// A server whose agent watches one session; another session lives, and one has ended.
struct Scene {
    routes: Routes,
    watched: SessionId,
    other: SessionId,
    ended: SessionId,
    _present: Present,
}

impl Scene {
    async fn new() -> Self {
        let secret = "01".repeat(32);
        let text = format!(
            "[sites.shop]\n[[keys.assets]]\nid = 1\nsecret = \"{secret}\"\n[limits]\nrequests-per-second = 1000000\n"
        );
        let config = config::parse("test.toml", &text, &[]).config.unwrap();
        let live = Arc::new(Live::new(config).unwrap());
        let app = App::new(live, Store::Memory(Memory::default()), Arc::new(SystemNames)).unwrap();
        let app = Arc::new(app);
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(app.hub.begin(&app.config().sites["shop"], None).await.unwrap().id);
        }
        let [watched, other, ended] = <[SessionId; 3]>::try_from(ids).unwrap();
        let login = Login {
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
        let viewer = |asset_cookie: &str| Viewer {
            signed_in: SignedIn { id: Digest::of("login"), login, asset_cookie: asset_cookie.to_owned() },
            actor: Actor::System,
            admitted: true,
            outbox: Arc::new(Outbox::new(1 << 20)),
        };
        let present = app.hub.find(&watched).unwrap().enter(AgentKey(1), viewer("cookie"));
        let running = app.hub.find(&ended).unwrap();
        running.mail(Mail::End(EndReason::Agent, Actor::System, None)).await.unwrap();
        running.over().await;
        Self { routes: Routes::new(app), watched, other, ended, _present: present }
    }

    fn request(token: &str) -> Request<Body> {
        let request = Request::get(format!("/asset/{token}")).header(header::HOST, "localhost:8443");
        let request = request.extension(ConnectInfo(SocketAddr::from(([203, 0, 113, 1], 1))));
        request.header(header::COOKIE, "vitrine-asset=cookie").body(Body::empty()).unwrap()
    }

    /// How long the refusal took, in seconds.
    async fn refused(&self, name: &str, token: &str) -> f64 {
        let request = Self::request(token);
        let routes = self.routes.clone();
        let begun = Instant::now();
        let response = routes.oneshot(request).await.unwrap();
        let took = begun.elapsed().as_secs_f64();
        assert_eq!(response.status(), 404, "{name}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{name}");
        took
    }
}

fn token(key: &AssetKey, session: &SessionId) -> String {
    let path = Sealer::new(key, session.clone(), "").seal(URL, AssetKind::Image);
    path.strip_prefix("/asset/").unwrap().to_owned()
}

fn random() -> [u8; SMALLEST] {
    random_bytes().unwrap()
}

/// Tokens of chance, every other one with a true beginning. A long run takes all of them through the router.
#[tokio::test]
async fn tokens_of_chance_open_nothing() {
    let scene = Scene::new().await;
    let opener = Opener::new(&[KEY]);
    let through_router = if std::env::var_os("VITRINE_LONG").is_some() { 1 } else { 20 };
    for number in 0..RANDOM {
        let mut bytes = random();
        if number % 2 == 0 {
            bytes[..2].copy_from_slice(&[1, KEY.id]);
        }
        let token = URL_SAFE_NO_PAD.encode(bytes);
        assert!(opener.open(&token).is_err());
        if number % through_router == 0 {
            scene.refused("of chance", &token).await;
        }
    }
}

/// Rounds of one comparison. In each every kind is asked for once, in a turning order, so that what else the machine does
/// falls on all of them.
const ROUNDS: usize = 1_000;
/// A difference that is there is there each time; one that the machine made is not.
const TRIES: usize = 8;
const APART_AT_MOST: f64 = 0.05;

#[tokio::test]
async fn how_long_a_refusal_takes_tells_nothing() {
    let scene = Scene::new().await;
    let good = token(&KEY, &scene.watched);
    let bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
    assert_eq!(bytes.len(), SMALLEST);
    let kinds: [(&str, &dyn Fn(usize) -> String); 6] = [
        ("a bit flipped", &|round| {
            let (mut bytes, bit) = (bytes.clone(), round * 7 % (SMALLEST * 8));
            bytes[bit / 8] ^= 1 << (bit % 8);
            URL_SAFE_NO_PAD.encode(bytes)
        }),
        ("cut", &|round| good[..good.len() - 1 - round % 8].to_owned()),
        ("another session", &|_| token(&KEY, &scene.other)),
        ("an ended session", &|_| token(&KEY, &scene.ended)),
        ("a removed key", &|_| token(&REMOVED, &scene.watched)),
        ("of chance", &|_| URL_SAFE_NO_PAD.encode(random())),
    ];
    // Made before, so that their making weighs on none.
    let tokens: Vec<_> = (0..ROUNDS).map(|round| kinds.map(|(_, make)| make(round))).collect();
    let mut apart = Vec::new();
    for _ in 0..TRIES {
        let mut times = kinds.map(|_| Vec::with_capacity(ROUNDS));
        for (round, tokens) in tokens.iter().enumerate() {
            for turn in 0..kinds.len() {
                let which = (round + turn) % kinds.len();
                times[which].push(scene.refused(kinds[which].0, &tokens[which]).await);
            }
        }
        let medians = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        });
        let least = medians.into_iter().fold(f64::INFINITY, f64::min);
        let most = medians.into_iter().fold(0.0, f64::max);
        if most / least - 1.0 <= APART_AT_MOST {
            return;
        }
        apart.push(kinds.map(|(name, _)| name).into_iter().zip(medians.map(|m| m * 1e6)).collect::<Vec<_>>());
    }
    panic!("medians in microseconds are more than 5 % apart each time: {apart:#?}");
}
