//! Uploads that come to another node than the one that asked: parts of the suite of `sessions`.

use futures_util::future::join_all;
use vitrine::store::sessions::limits::{UPLOADS_BYTES_MAX, UPLOADS_MAX};
use vitrine::store::sessions::{Refused, Sessions};

use crate::sessions::{SHORT, begin, until};

pub(crate) async fn an_upload_goes_to_the_node_that_asked(store: &Sessions) {
    let session = begin(store, "uploads").await;
    let (expect, begins) =
        (async |n| store.expect_upload(&session, n).await, async |n| store.begin_upload(&session, n).await.unwrap());
    let put = async |n, sent: &[u8]| store.put_upload(&session, n, sent.to_vec()).await;
    let take = async |n, is_last| store.take_upload(&session, n, is_last).await.unwrap();
    let mut watch = store.watch_uploads(&session).await.unwrap();
    assert!(!begins(1).await, "nobody asked");
    expect(1).await.unwrap();
    assert_eq!(expect(1).await, Err(Refused::Taken));
    assert_eq!(put(1, b"unasked").await, Err(Refused::Gone));
    assert!(begins(1).await);
    assert!(!begins(1).await, "one comes already");
    assert_eq!(take(1, false).await, None);
    // Where a wake can be missed, the first one is "look".
    let _ = tokio::time::timeout(SHORT / 4, watch.woken()).await;
    put(1, b"a\0\xff").await.unwrap();
    tokio::time::timeout(SHORT * 10, watch.woken()).await.expect("a wake");
    assert_eq!(put(1, b"again").await, Err(Refused::Gone));
    assert_eq!(take(1, false).await.as_deref(), Some(&b"a\0\xff"[..]));
    assert_eq!(take(1, true).await, None, "it is taken once");
    // Nobody waits any more.
    expect(2).await.unwrap();
    assert_eq!(take(2, true).await, None);
    assert!(!begins(2).await);
    expect(3).await.unwrap();
    assert!(begins(3).await);
    until("it is waited for without end", async || put(3, b"late").await == Err(Refused::Gone)).await;
    expect(4).await.unwrap();
    until("it is waited for without end", async || !begins(4).await).await;
}

pub(crate) async fn uploads_have_bounds(store: &Sessions) {
    let session = begin(store, "uploads-many").await;
    let most = UPLOADS_MAX as u64;
    let asked = join_all((0..most).map(|n| store.expect_upload(&session, n))).await;
    assert!(asked.iter().all(Result::is_ok), "{asked:?}");
    assert_eq!(store.expect_upload(&session, most).await, Err(Refused::Full));
    assert_eq!(store.take_upload(&session, 0, true).await, Ok(None));
    store.expect_upload(&session, most).await.unwrap();
    let mut put = Vec::new();
    for n in 1..=5 {
        assert!(store.begin_upload(&session, n).await.unwrap());
        put.push(store.put_upload(&session, n, vec![7; UPLOADS_BYTES_MAX / 4 - 100]).await);
    }
    assert_eq!(put, [Ok(()), Ok(()), Ok(()), Ok(()), Err(Refused::Full)]);
    let came = join_all((0..=most).map(|n| store.take_upload(&session, n, true))).await;
    assert_eq!(came.iter().filter(|came| matches!(came, Ok(Some(_)))).count(), 4);
}
