//! Room, who waits for it, and who gives way.

use super::{GRACE, Outbox, PIECE, Sending, TURN, alarm};
use bytes::Bytes;
use futures_util::poll;
use http_body_util::BodyExt as _;
use std::pin::pin;
use std::time::{Duration, Instant};

const LEN: usize = 3 * PIECE;

const GENEROUS: Duration = Duration::from_secs(30);

fn bytes(len: usize) -> Bytes {
    vec![7; len].into()
}

/// Room for two answers.
fn outbox() -> (
    Outbox,
    impl Fn(&Outbox, Instant) -> Result<Sending, Instant>,
) {
    let post = |outbox: &Outbox, now| outbox.post_at(&bytes(LEN), now);
    (Outbox::new(2 * LEN), post)
}

async fn soon(outbox: &Outbox, deadline: Duration) -> Option<Sending> {
    let now = Instant::now();
    let posted = outbox.post(bytes(LEN), now + deadline);
    let posted = alarm::until(now + deadline + GENEROUS, posted).await;
    posted.expect("it doesn't wait for ever")
}

// Mutations: a piece is left out or sent twice; an answer that is read stays.
#[tokio::test]
async fn an_answer_is_sent_whole_and_leaves_nothing() {
    let outbox = Outbox::new(LEN);
    let bytes: Vec<u8> = (0..=250).cycle().take(2 * PIECE + 3).collect();
    let posted = outbox.post(bytes.clone().into(), Instant::now()).await;
    let mut sending = posted.expect("there is room");
    let mut read = Vec::new();
    while let Some(frame) = sending.frame().await {
        let data = frame.expect("it isn't taken back").into_data();
        let data = data.expect("it is data");
        assert!(data.len() <= PIECE);
        read.extend_from_slice(&data);
    }
    assert_eq!(read, bytes);
    assert_eq!(outbox.lock().bytes, 0);
    drop(sending);
    assert_eq!(outbox.lock().bytes, 0);
}

// S15. Mutations: who reads gives way as early as who doesn't; nothing is taken back.
#[tokio::test]
async fn who_reads_least_lately_gives_way() {
    let (outbox, post) = outbox();
    let begun = Instant::now().checked_sub(2 * GRACE).expect("it is later");
    let mut reads = post(&outbox, begun).expect("there is room");
    let mut stalls = post(&outbox, begun + Duration::from_millis(1)).expect("there is room");
    assert!(reads.frame().await.expect("there is more").is_ok());
    let next = post(&outbox, Instant::now()).expect("room is made");
    assert!(reads.frame().await.expect("there is more").is_ok());
    let told = stalls.frame().await.expect("it is told");
    let told = told.expect_err("it was taken back").to_string();
    assert!(told.contains("ask again"), "{told}");
    assert!(stalls.frame().await.is_none());
    drop((reads, stalls, next));
    assert_eq!(outbox.lock().bytes, 0);
}

// Mutations: an answer is taken back however young; one that doesn't fit takes
// others back in vain.
#[test]
fn the_bytes_that_wait_are_bounded_and_the_young_left_alone() {
    let (outbox, post) = outbox();
    let start = Instant::now();
    let old = post(&outbox, start).expect("there is room");
    let young = post(&outbox, start + GRACE).expect("there is room");
    let large = outbox.post_at(&bytes(2 * LEN), start + GRACE);
    let told = large.expect_err("one of them is young");
    assert_eq!(told, start + 2 * GRACE);
    assert_eq!(outbox.lock().bytes, 2 * LEN);
    let told = post(&outbox, start + GRACE / 2).expect_err("both are young");
    assert_eq!(told, start + GRACE);
    drop((old, young));
    let huge = outbox.post_at(&bytes(9 * LEN), start);
    assert!(huge.is_ok(), "it is alone");
    assert!(post(&outbox, start).is_err());
}

// S15. Mutations: each piece that is read puts it off for ever; the oldest is taken
// back, not the one that is read least lately.
#[tokio::test]
async fn who_reads_has_a_turn_and_no_more() {
    let (outbox, post) = outbox();
    let now = Instant::now();
    // Before `TURN` is over.
    let begun = now.checked_sub(GRACE * 5 / 2).expect("it is later");
    let mut one = post(&outbox, begun).expect("there is room");
    let mut other = post(&outbox, begun).expect("there is room");
    for reads in [&mut other, &mut one] {
        assert!(reads.frame().await.expect("there is more").is_ok());
    }
    let told = post(&outbox, now).expect_err("both read");
    assert_eq!(told, begun + TURN);
    let next = post(&outbox, begun + TURN).expect("their turn is over");
    assert!(other.frame().await.expect("it is told").is_err());
    assert!(one.frame().await.expect("there is more").is_ok());
    drop(next);
}

// Mutations: `post` doesn't wait; nobody is told of room; a later one goes first.
#[tokio::test]
async fn who_finds_no_room_waits_for_it_in_turn() {
    let (outbox, _) = outbox();
    let one = soon(&outbox, GENEROUS).await.expect("there is room");
    let other = soon(&outbox, GENEROUS).await.expect("there is room");
    // For as long as the test may take.
    outbox.leave_alone_for(GENEROUS * 2);
    let mut third = pin!(soon(&outbox, GENEROUS));
    let mut fourth = pin!(soon(&outbox, GENEROUS));
    assert!(poll!(third.as_mut()).is_pending());
    assert!(poll!(fourth.as_mut()).is_pending());
    drop(one);
    assert!(poll!(fourth.as_mut()).is_pending(), "it isn't its turn");
    let third = third.await.expect("there is room");
    assert!(poll!(fourth.as_mut()).is_pending());
    drop(other);
    let fourth = fourth.await.expect("there is room");
    drop((third, fourth));
    assert_eq!(outbox.lock().bytes, 0);
}

// Mutation: `post` waits for ever.
#[tokio::test]
async fn who_finds_no_room_until_the_deadline_is_told() {
    let (outbox, _) = outbox();
    let large = outbox.post_at(&bytes(2 * LEN), Instant::now() + GENEROUS * 2);
    let large = large.expect("it is alone");
    assert!(soon(&outbox, Duration::from_millis(20)).await.is_none());
    assert!(soon(&outbox, Duration::ZERO).await.is_none());
    drop(large);
    // The turn of those who went is over.
    assert!(soon(&outbox, Duration::ZERO).await.is_some());
}

// S15. Mutation: who waits isn't woken when another one's time is over.
#[tokio::test]
async fn who_waits_gets_the_room_of_one_who_does_not_read() {
    let (outbox, post) = outbox();
    let nearly = Instant::now().checked_sub(GRACE / 10 * 9);
    let nearly = nearly.expect("it is later");
    let mut stalls = post(&outbox, nearly).expect("there is room");
    let young = post(&outbox, nearly + GENEROUS * 2).expect("there is room");
    let next = soon(&outbox, GENEROUS).await;
    assert!(next.is_some());
    assert!(stalls.frame().await.expect("it is told").is_err());
    drop(young);
}
