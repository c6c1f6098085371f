//! Whose certificates are believed.

use vitrine_tests::names::Book;
use vitrine_tests::server::Server;
use vitrine_tests::site::{Site, typed};

use super::scene::{PNG, alone, at, outcomes_of, proxy};

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_believed_where_the_operator_names_it() {
    let _alone = alone().await;
    let (site, pem) = Site::secure("127.0.0.1", "secure.example", &[("/a.png", typed("image/png", PNG))]).await;
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem).unwrap();
    let hosts = [at("secure.example", site.address), at("other.example", site.address)];
    let urls = hosts.clone().map(|host| format!("https://{host}/a.png"));
    for (more, outcomes) in
        [(String::new(), ["unreachable"; 2]), (format!("ca-file = {ca_file:?}\n"), ["served", "unreachable"])]
    {
        let names = Book::all_are("127.0.0.1".parse().unwrap());
        let server = Server::start_resolving(&proxy(&hosts, "5s", &more), names).await;
        assert_eq!(outcomes_of(&server, &urls).await, outcomes, "{more}");
        server.stop().await;
    }
    let asked = site.requests().into_iter().filter(|head| !head.is_empty()).count();
    assert_eq!(asked, 1, "nothing is asked of who is not believed");
}
