//! Websites that take their time: each wait ends, and nobody else waits with it.

use std::time::Duration;

use futures_util::future::{join_all, select_all};
use vitrine_tests::names::{Book, SILENT_NAME};
use vitrine_tests::server::Server;
use vitrine_tests::site::{Act, Site, typed};

use super::scene::{PNG, Watching, alone, at, outcomes_of, proxy};

#[tokio::test(flavor = "multi_thread")]
async fn each_wait_has_its_end() {
    let _alone = alone().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 999\r\n\r\n\u{89}PNG";
    let slowly = |bytes: &str| Act::Repeat(bytes.into(), b"a".to_vec(), Duration::from_millis(50));
    let rows = [
        ("/silent", Act::Hang(Vec::new()), "slow-answer"),
        ("/slow-head", slowly("HTTP/1.1 200 OK\r\nx: "), "slow-answer"),
        ("/half", Act::Hang(head.into()), "slow-body"),
        ("/slow-body", slowly(head), "timed-out"),
    ];
    let site = Site::acting("127.0.0.1", rows.clone().map(|(path, act, _)| (path.to_owned(), act))).await;
    let here = at("site.example", site.address);
    let silent = at(SILENT_NAME, site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here, &silent], "2s", ""), names).await;
    let mut urls: Vec<String> = rows.iter().map(|(path, ..)| format!("http://{here}{path}")).collect();
    urls.push(format!("http://{silent}/a.png"));
    let wanted: Vec<&str> = rows.iter().map(|row| row.2).chain(["slow-connection"]).collect();
    assert_eq!(outcomes_of(&server, &urls).await, wanted);
}

/// Of one session; the others are `a_page_of_silent_pictures_holds_up_no_other_session`.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_website_leaves_turns_to_the_others_of_the_page() {
    let _alone = alone().await;
    let slow = Site::acting("127.0.0.1", (0..40).map(|n| (format!("/{n}.png"), Act::Hang(Vec::new())))).await;
    let good: Vec<(String, Act)> = (0..8).map(|n| (format!("/{n}.png"), Act::Say(typed("image/png", PNG)))).collect();
    let good = Site::acting("127.0.0.1", good).await;
    let hosts = [at("slow.example", slow.address), at("good.example", good.address)];
    let names = Book::of(&[("slow.example", &["127.0.0.1"]), ("good.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&hosts, "8s", ""), names).await;
    let urls = (0..40).map(|n| format!("http://{}/{n}.png", hosts[0]));
    let urls = urls.chain((0..8).map(|n| format!("http://{}/{n}.png", hosts[1])));
    let images: Vec<(&str, String)> = urls.map(|url| ("img", url)).collect();
    let watching = Box::pin(Watching::begin(&server, &images)).await;
    let (slow_paths, good_paths) = watching.paths.split_at(40);
    let first_given_up = select_all(slow_paths.iter().map(|path| Box::pin(watching.agent.asset(path))));
    let served = async {
        while slow.requests().len() < 4 {
            tokio::task::yield_now().await;
        }
        let served = join_all(good_paths.iter().map(|path| watching.agent.asset(path))).await;
        assert_eq!(slow.requests().len(), 4, "as many as one host gets for one session");
        served
    };
    tokio::select! {
        served = served => assert!(served.iter().all(|response| response.status() == 200)),
        _ = first_given_up => panic!("the page waited until one of the slow ones was given up"),
    }
}
