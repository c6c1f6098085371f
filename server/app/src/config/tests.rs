use super::{Config, Place, SECTIONS, parse, reference, schema, template};

pub(super) fn good(text: &str) -> Config {
    let loaded = parse("test.toml", text, &[]);
    assert_eq!(loaded.problems, [], "{text}");
    loaded.config.unwrap()
}

fn problems(text: &str) -> Vec<String> {
    parse("test.toml", text, &[]).problems.iter().map(|problem| problem.line("test.toml")).collect()
}

#[test]
fn the_defaults_are_a_configuration() {
    let config = good("");
    assert_eq!(config.session.join_code_length, 9);
    assert_eq!(config.session.max_agents, 5);
    assert!(!config.cross_origin.allows("https://shop.example"));
    assert_eq!(config.server.agent_url, config.server.public_url);
}

/// Set `VITRINE_WRITE=1` to write the files anew.
#[test]
fn what_is_made_from_the_table_is_fresh() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (name, made) in
        [("config/vitrine.toml", template()), ("config/schema.json", schema()), ("docs/CONFIG.md", reference())]
    {
        let path = format!("{root}/{name}");
        if std::env::var_os("VITRINE_WRITE").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        assert!(text == made, "{name} is stale: run the tests once with VITRINE_WRITE=1");
    }
    good(&template());
}

#[test]
fn the_demo_and_the_example_of_the_contract_load() {
    let config = good(
        r##"
        [cross-origin]
        allowed-origins = ["https://shop.example", "https://*.shop.example"]
        [http-proxy]
        allowed-external-domains = ["shop.example", "cdn.ok.example", "*.img.example"]
        [dom-restrictions]
        private-by-default = false
        patterns = ["payment-card", "iban"]
        [[dom-restrictions.rule-set]]
        pages = ["https://shop.example/*"]
        mask = [".secret", "#balance"]
        block = [".chat-widget"]
        hide = ["#internal"]
        no-control = ["#pay", "input[type=file]"]
        unmask = []
        [sites.shop]
        origins = ["https://shop.example"]
        contact-keys = [{ id = "2026-11", secret = "0123456789abcdef0123456789abcdef" }]
        [rbac.roles]
        agent = ["session.list", "session.join"]
        "##,
    );
    assert!(config.cross_origin.allows("https://shop.example"));
    assert_eq!(config.sites["shop"].contacts.secrets[0].id, "2026-11");
}

#[test]
fn every_problem_is_told_with_its_place() {
    let found = problems(
        "[session]\nidle-timeot = \"5m\"\nmax-agents = \"many\"\njoin-code-length = 3\n\n[sesion]\n[recording]\n\
         [cross-origin]\nallowed-origins = [\"https://shop.example\", \"https://shop.example/\"]\n",
    );
    let expected = [
        "test.toml:2:1: session.idle-timeot: unknown key; did you mean \"idle-timeout\"?",
        "test.toml:3:14: session.max-agents: a whole number is wanted here, not text",
        "test.toml:4:20: session.join-code-length: 3 is not within 6 to 12",
        "test.toml:6:2: sesion: unknown section; did you mean \"session\"?",
        "test.toml:7:2: recording: this version does not know the section yet",
        "test.toml:9:44: cross-origin.allowed-origins: \"https://shop.example/\" is not how browsers write it; write \"https://shop.example\"",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_contradicts_itself_is_a_problem() {
    for (text, word) in [
        ("[server]\ntls = \"off\"\n", "trusted-proxies"),
        ("[server]\nrequest-timeout = \"0s\"\n", "server.request-timeout: it cannot be zero"),
        ("[agents]\nlogin-duration = \"0s\"\n", "cannot be zero"),
        ("[session]\nidle-timeout = \"0ms\"\n", "cannot be zero"),
        ("[tls]\ncertificate = \"/nowhere.pem\"\nkey = \"/nowhere.pem\"\n", "no file"),
        ("[sites.shop]\norigins = [\"https://a.example\"]\n", "allowed-origins"),
        ("[[agents.accounts]]\nname = \"ann\"\npassword = \"plain\"\n", "Argon2id"),
        ("[[agents.accounts]]\nname = \"ann\"\n", "missing"),
        ("[rbac.roles]\nagent = [\"session.lst\"]\n", "did you mean \"session.list\"?"),
        ("[agents.oidc]\nclient-id = \"a\"\n", "test.toml:1:1: agents.oidc.issuer: the key is missing"),
        ("[agents.oidc]\nissuer = \"http://id.example\"\n", "by http only on this machine"),
        ("[agents.oidc]\nissuer = \"https://id.example?x\"\n", "no issuer"),
        (
            "[agents.oidc]\nissuer = \"https://id.example\"\nclient-id = \"a\"\nscopes = [\"profile\"]\n",
            "test.toml:4:10: agents.oidc.scopes: without \"openid\"",
        ),
        (
            "[agents.oidc]\nissuer = \"https://id.example\"\nclient-id = \"a\"\nclock-skew = \"1h\"\n",
            "agents.oidc.clock-skew: at most",
        ),
        ("[[rbac.claims]]\nclaim = \"groups\"\n", "rbac.claims[0].value: the key is missing"),
        ("[[rbac.claims]]\nclaim = \"a\"\nvalue = \"b\"\nroles = [\"agnt\"]\n", "did you mean \"agent\"?"),
        ("[[rbac.claims]]\nclaim = \"a\"\nvalue = \"b\"\nroles = []\n", "lets nobody in"),
        ("[[rbac.claims]]\nclaim = \"a\"\nvalue = \"b\"\nsites = [\"x\"]\n", "there is no [sites.x]"),
        ("[redis]\nurls = [\"redis://a:b@r.example\"]\n", "set username and password"),
        ("[redis]\nurls = [\"r.example:6379\"]\n", "write \"redis://redis.example:6379\""),
        ("[redis]\nurls = [\"redis://a\", \"redis://b\"]\n", "test.toml:2:8: redis.urls: more than one address"),
        ("[redis]\nurls = [\"redis://a\", \"rediss://b\"]\nmode = \"cluster\"\n", "either all of them"),
        ("[redis]\nmode = \"clustr\"\n", "did you mean \"cluster\"?"),
        ("[redis]\n", "test.toml:1:1: redis.urls: the key is missing"),
        ("[redis]\nurls = [\"redis://a\"]\n", "test.toml:1:1: keys.signing: with [redis] all nodes"),
        ("[redis]\nurls = [\"redis://a\"]\n", "test.toml:1:1: keys.assets: with [redis] all nodes"),
        ("[redis]\nusername = \"a\"\n", "redis.username: it means nothing without password"),
        ("[redis]\nsentinel-password = \"a\"\n", "nothing without mode = \"sentinel\""),
        ("[redis]\nkey-prefix = \"{a}\"\n", "test.toml:2:14: redis.key-prefix: a prefix is"),
        ("[redis]\nca-file = \"/nowhere.pem\"\n", "no file"),
        ("[keys]\nassets = [{ id = 1, secret = \"short\" }]\n", "64 hexadecimal"),
        ("[keys]\nsigning = [{ id = \"1\", secret = \"short\" }]\n", "keys.signing[0].secret: a secret of less"),
        ("[agents.apps.crm]\nkeys = [\"short\"]\n", "test.toml:2:9: agents.apps.crm.keys[0]"),
        ("[agents.apps.crm]\nkeys = []\n", "one key, or two"),
        ("[agents.apps.crm]\n", "agents.apps.crm.keys: the key is missing"),
        ("[agents.apps.\"a:b\"]\n", "an id is 1 to 64"),
        ("[agents.apps.crm]\nroles = [\"agnt\"]\n", "did you mean \"agent\"?"),
        ("[server]\nbase-path = \"vitrine/\"\n", "base path"),
        ("[server]\npublic-url = \"http://help.example\"\n", "https://"),
        ("session = 1\n", "a table is wanted"),
        (
            "[http-proxy]\nallowed-external-domains = [\"ok.example\", \"https://a.example\"]\n",
            "test.toml:2:43: http-proxy",
        ),
        ("[http-proxy]\nallowed-external-domains = [\"*.*.example\"]\n", "write \"cdn.example.com\""),
        ("[http-proxy]\nallowed-ports = [443, 0]\n", "test.toml:2:23: http-proxy.allowed-ports[1]: 0 is no port"),
        ("[http-proxy]\nallowed-ports = [65536]\n", "at most 65535"),
        ("[http-proxy]\nallowed-schemes = [\"ftp\"]\n", "neither \"https\" nor \"http\""),
        ("[http-proxy]\nallow-private-addresses = [\"10.0.0.0/33\"]\n", "no range of addresses"),
        ("[http-proxy]\nallow-private-addresses = [\"::ffff:10.0.0.0/104\"]\n", "as one: \"10.0.0.0/8\""),
        ("[http-proxy]\nca-file = \"/nowhere.pem\"\n", "no file"),
        ("[forward-proxy]\nurl = \"proxy.example:3128\"\n", "no proxy; write"),
        ("[forward-proxy]\nurl = \"http://proxy.example/path\"\n", "no proxy; write"),
        ("[forward-proxy]\nurl = \"http://a:b@proxy.example\"\n", "set username and password"),
        ("[forward-proxy]\nusername = \"a\"\n", "forward-proxy.username: it means nothing without url"),
        ("[forward-proxy]\nurl = \"http://p.example\"\npassword = \"a\"\n", "nothing without username"),
        ("[forward-proxy]\nurl = \"http://p.example\"\nusername = \"a:b\"\n", "test.toml:3:12: forward-proxy.username"),
        ("[forward-proxy]\nurl = \"http://p.example\"\nno-proxy = [\".example\"]\n", "forward-proxy.no-proxy[0]"),
        ("[forward-proxy]\nurl = \"http://p.example\"\nresolve = \"her\"\n", "did you mean \"here\"?"),
        ("[dom-restrictions]\npatterns = [\"ibna\"]\n", "test.toml:2:13: dom-restrictions.patterns[0]"),
        (
            "[[dom-restrictions.rule-set]]\nmask = [\".a\", \"[\"]\n",
            "test.toml:2:15: dom-restrictions.rule-set[0].mask[1]",
        ),
        ("[[dom-restrictions.rule-set]]\npages = [\"nonsense\"]\n", "rule-set[0].pages[0]"),
    ] {
        let found = problems(text);
        assert!(found.iter().any(|line| line.contains(word)), "{text}: {found:?}");
    }
}

#[test]
fn one_mistake_hides_no_other() {
    let found = problems(
        "[http-proxy]\nallowed-external-domains = [\"*.a.*.example\"]\nallowed-schemes = [\"gopher\"]\n\
         allow-private-addresses = [\"::ffff:10.0.0.0/104\"]\n\
         [forward-proxy]\nurl = \"http://a:b@p.example\"\npassword = \"x\"\nresolve = \"her\"\n[limits]\nnodes = 1\n",
    );
    let places = ["2:29", "3:20", "4:28", "6:7", "7:12", "8:11", "10:9"];
    assert_eq!(found.len(), places.len(), "{found:#?}");
    assert!(
        found.iter().zip(places).all(|(line, place)| line.starts_with(&format!("test.toml:{place}:"))),
        "{found:#?}"
    );
}

#[test]
fn the_environment_is_above_the_file_and_as_strict() {
    let environment = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
    let loaded = parse("t", "[session]\nmax-agents = 2\n", &environment("VITRINE_SESSION__MAX_AGENTS", "7"));
    assert_eq!(loaded.config.unwrap().session.max_agents, 7);
    let loaded = parse("t", "", &environment("VITRINE_CROSS_ORIGIN__ALLOWED_ORIGINS", "[\"https://a.example\"]"));
    assert!(loaded.config.unwrap().cross_origin.allows("https://a.example"));
    let loaded = parse("t", "", &environment("VITRINE_SESSION__MAX_AGNTS", "7"));
    assert_eq!(loaded.problems[0].place, Place::Environment("VITRINE_SESSION__MAX_AGNTS".into()));
    assert_eq!(loaded.problems[0].nearest.as_deref(), Some("max-agents"));
}

#[test]
fn a_provider_has_defaults_and_its_secret_is_never_shown() {
    let text = "[agents.oidc]\nissuer = \"https://id.example/a\"\nclient-id = \"a\"\nclient-secret = \"hidden\"\n";
    let loaded = parse("test.toml", text, &[("VITRINE_AGENTS__OIDC__CLIENT_ID".into(), "b".into())]);
    assert_eq!(loaded.problems, []);
    assert!(!super::show("test.toml", &loaded.shown).contains("hidden"));
    let oidc = loaded.config.unwrap().agents.oidc.unwrap();
    assert!(!format!("{oidc:?}").contains("hidden"));
    assert_eq!((oidc.label.as_str(), oidc.client_id.as_str()), ("id.example", "b"));
    assert_eq!(oidc.scopes, ["openid", "profile"]);
}

#[test]
fn secrets_are_never_shown() {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$wPKr4dkcnX0E1E3WpOoGGpVcHHyNVqqcPSZKwtOo1Ys";
    let text = format!("[[agents.accounts]]\nname = \"ann\"\npassword = \"{hash}\"\n");
    let text = text + "[forward-proxy]\nurl = \"http://p.example\"\nusername = \"u\"\npassword = \"argon2id too\"\n";
    let text = text + "[agents.apps.crm]\nkeys = [\"argon2id, thirty-two bytes and more\"]\n";
    let text = text + "[[keys.signing]]\nid = \"1\"\nsecret = \"argon2id, thirty-two bytes and more\"\n";
    let text = text + "[[keys.assets]]\nid = 1\nsecret = \"" + &"ab".repeat(32) + "\"\n";
    let text = text + "[redis]\nurls = [\"rediss://r.example\"]\nusername = \"v\"\npassword = \"argon2id as well\"\n";
    let loaded = parse("test.toml", &text, &[]);
    assert_eq!(loaded.problems, []);
    let shown = super::show("test.toml", &loaded.shown);
    assert!(shown.contains("password = \"***\""), "{shown}");
    assert!(!shown.contains("argon2id"));
    assert!(shown.contains("name = \"ann\"  # test.toml:2"), "{shown}");
    assert!(shown.contains("idle-timeout = \"20m\"  # default"), "{shown}");
    assert!(!format!("{:?}", loaded.config).contains("argon2id"));
}

#[test]
fn every_key_has_words_and_no_twin() {
    for section in SECTIONS {
        for (at, key) in section.keys.iter().enumerate() {
            assert!(!key.meaning.is_empty() && !key.valid.is_empty(), "{}.{}", section.name, key.name);
            assert!(section.keys[..at].iter().all(|other| other.name != key.name), "{}.{}", section.name, key.name);
        }
    }
}

#[test]
fn an_account_sees_the_sites_that_it_names() {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$wPKr4dkcnX0E1E3WpOoGGpVcHHyNVqqcPSZKwtOo1Ys";
    let text = |sites: &str| {
        format!("[sites.shop]\n[sites.bank]\n[[agents.accounts]]\nname = \"ann\"\npassword = \"{hash}\"\n{sites}\n")
    };
    for (sites, shop, bank) in [("", true, true), ("sites = [\"shop\"]", true, false)] {
        let account = good(&text(sites)).agents.accounts["ann"].clone();
        assert_eq!((account.sites.cover("shop"), account.sites.cover("bank")), (shop, bank), "{sites}");
    }
    for (sites, word) in [("sites = []", "leave the key out"), ("sites = [\"shp\"]", "did you mean \"shop\"?")] {
        let found = problems(&text(sites));
        assert!(found.iter().any(|line| line.contains(word)), "{sites}: {found:?}");
    }
}

#[test]
fn redis_is_named_by_its_addresses() {
    let keys = format!(
        "[[keys.signing]]\nid = \"1\"\nsecret = \"{0}\"\n[[keys.assets]]\nid = 1\nsecret = \"{0}\"\n",
        "ab".repeat(32)
    );
    for (text, addresses, tls) in [
        ("urls = [\"redis://r.example\"]", &["r.example:6379"][..], false),
        (
            "urls = [\"rediss://10.0.0.1:7000/\", \"rediss://[::1]:7001\"]\nmode = \"cluster\"",
            &["10.0.0.1:7000", "[::1]:7001"],
            true,
        ),
        ("urls = [\"redis://a:26379\"]\nmode = \"sentinel\"\ntls = \"on\"", &["a:26379"], true),
    ] {
        let redis = good(&format!("{keys}[redis]\n{text}\n")).redis.unwrap();
        let found: Vec<String> = redis.addresses.iter().map(ToString::to_string).collect();
        assert_eq!((found, redis.tls), (addresses.iter().map(ToString::to_string).collect(), tls), "{text}");
    }
    assert!(good("").redis.is_none());
}
