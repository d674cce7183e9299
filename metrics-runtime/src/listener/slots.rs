//! Who is being answered, and who waits.
//!
//! A connection has a slot while it is served. There are `cap` of them; when all
//! are taken, connections wait in the kernel's queue. One peer has at most half
//! of them: what it opens beyond that is accepted, so that others behind it in
//! that queue are reached, and waits here for a slot that the same peer gives
//! back. When too many wait, those that come are told so, at a bounded rate:
//! closing them without an answer would reset their connections.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// Who connects: an IPv4 address or a network of IPv6, within which one host
/// can have any address it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peer(IpAddr);

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// The slots of a listener.
#[derive(Debug)]
pub(super) struct Slots {
    /// How many there are.
    cap: usize,
    /// How many one peer can have.
    share: usize,
    /// How many connections can wait, and how many are refused at a time.
    room: usize,
    state: Mutex<State>,
    /// A slot was given back, or one was refused.
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    peers: HashMap<Peer, Held>,
    waiting: Vec<Waiting>,
    refused: usize,
}

/// What one peer has.
#[derive(Debug, Default)]
struct Held {
    slots: usize,
    /// Its idle connections look whether they should close.
    pressed: Arc<Notify>,
}

#[derive(Debug)]
struct Waiting {
    peer: Peer,
    grant: oneshot::Sender<Slot>,
}

/// What an accepted connection gets.
#[derive(Debug)]
pub(super) enum Entry {
    Slot(Slot),
    Wait(oneshot::Receiver<Slot>),
    /// As many wait as can.
    Refused(Refused),
}

/// A connection that is being told that it has no slot.
#[derive(Debug)]
pub(super) struct Refused {
    slots: Arc<Slots>,
    crowded: bool,
}

/// The right to be served; given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    peer: Peer,
    pressed: Arc<Notify>,
}

impl Slots {
    pub(super) fn new(cap: usize, room: usize) -> Arc<Self> {
        let cap = cap.max(1);
        Arc::new(Self {
            cap,
            share: (cap / 2).max(1),
            room,
            state: Mutex::default(),
            freed: Notify::new(),
        })
    }

    /// Waits until a slot is free, and somebody could be refused.
    pub(super) async fn free(&self) {
        // The permit of `notify_one` is kept for this one caller, so that a
        // slot that is given back in between isn't missed.
        while !self.is_open() {
            self.press();
            self.freed.notified().await;
        }
    }

    fn is_open(&self) -> bool {
        let state = self.lock();
        state.taken < self.cap && state.refused < self.room
    }

    /// Has idle connections closed.
    pub(super) fn press(&self) {
        for held in self.lock().peers.values() {
            held.pressed.notify_waiters();
        }
    }

    /// Lets an accepted connection of `peer` in.
    pub(super) fn enter(self: &Arc<Self>, peer: Peer) -> Entry {
        let mut state = self.lock();
        let held = state.peers.get(&peer);
        let slots = held.map_or(0, |held| held.slots);
        if slots < self.share && state.taken < self.cap {
            return Entry::Slot(self.take(&mut state, peer));
        }
        if let Some(held) = held {
            held.pressed.notify_waiters();
        }
        state.waiting.retain(|waiting| !waiting.grant.is_closed());
        let of_peer = state.waiting.iter().filter(|waiting| waiting.peer == peer);
        // Half of the room for one peer, for the reason of the slots.
        if of_peer.count() >= self.room.div_ceil(2) || state.waiting.len() >= self.room {
            return Entry::Refused(self.turn_away(&mut state));
        }
        let (grant, granted) = oneshot::channel();
        state.waiting.push(Waiting { peer, grant });
        Entry::Wait(granted)
    }

    /// Refuses a connection that has waited in vain.
    pub(super) fn refuse(self: &Arc<Self>) -> Refused {
        self.turn_away(&mut self.lock())
    }

    fn turn_away(self: &Arc<Self>, state: &mut State) -> Refused {
        state.refused += 1;
        Refused {
            slots: Arc::clone(self),
            crowded: state.refused > self.room / 2,
        }
    }

    fn take(self: &Arc<Self>, state: &mut State, peer: Peer) -> Slot {
        state.taken += 1;
        let held = state.peers.entry(peer).or_default();
        held.slots += 1;
        Slot {
            slots: Arc::clone(self),
            peer,
            pressed: Arc::clone(&held.pressed),
        }
    }

    fn give_back(self: &Arc<Self>, peer: Peer) {
        let mut state = self.lock();
        state.taken -= 1;
        if let Some(held) = state.peers.get_mut(&peer) {
            held.slots -= 1;
            if held.slots == 0 {
                state.peers.remove(&peer);
            }
        }
        state.waiting.retain(|waiting| !waiting.grant.is_closed());
        let next = state.waiting.iter().position(|waiting| {
            let held = state.peers.get(&waiting.peer);
            held.is_none_or(|held| held.slots < self.share)
        });
        let granted = next.map(|next| {
            let waiting = state.waiting.remove(next);
            (self.take(&mut state, waiting.peer), waiting.grant)
        });
        drop(state);
        self.freed.notify_one();
        if let Some((slot, grant)) = granted {
            // One that gave up in between drops its slot, which comes back here:
            // not under the lock.
            drop(grant.send(slot));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Whether slots are scarce, so that a connection isn't kept open idly.
    pub(super) fn scarce(&self) -> bool {
        let state = self.slots.lock();
        let held = state.peers.get(&self.peer);
        state.taken >= self.slots.cap || held.is_some_and(|held| held.slots >= self.slots.share)
    }

    /// Is told when `scarce` may have changed.
    pub(super) fn pressed(&self) -> &Notify {
        &self.pressed
    }
}

impl Refused {
    /// Whether many were being refused when this one came, so that it can't be waited
    /// for long: when there are too many, nobody is accepted.
    pub(super) const fn is_crowded(&self) -> bool {
        self.crowded
    }
}

impl Drop for Refused {
    fn drop(&mut self) {
        self.slots.lock().refused -= 1;
        self.slots.freed.notify_one();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.give_back(self.peer);
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Peer, Slots};
    use std::net::IpAddr;
    use std::pin::pin;
    use std::task::{Context, Waker};

    fn peer(address: &str) -> Peer {
        let address: IpAddr = address.parse().expect("the address is valid");
        address.into()
    }

    #[test]
    fn one_peer_has_at_most_half_and_others_are_let_in() {
        let slots = Slots::new(4, 8);
        let [a, b] = [peer("10.0.0.1"), peer("10.0.0.2")];
        let first = slots.enter(a);
        let second = slots.enter(a);
        assert!(matches!(
            (&first, &second),
            (Entry::Slot(_), Entry::Slot(_))
        ));
        // Mutation: a share as large as the cap.
        let Entry::Wait(mut third) = slots.enter(a) else {
            panic!("the third of a peer waits");
        };
        assert!(matches!(slots.enter(b), Entry::Slot(_)));
        // Mutation: a slot that is given back is granted to nobody.
        drop(first);
        assert!(third.try_recv().is_ok());
    }

    #[test]
    fn accepting_waits_while_all_slots_are_taken() {
        let slots = Slots::new(2, 8);
        let first = slots.enter(peer("10.0.0.1"));
        let _second = slots.enter(peer("10.0.0.2"));
        let mut free = pin!(slots.free());
        let mut cx = Context::from_waker(Waker::noop());
        // Mutation: accepted on, whatever is taken.
        assert!(free.as_mut().poll(&mut cx).is_pending());
        drop(first);
        assert!(free.as_mut().poll(&mut cx).is_ready());
    }

    #[test]
    fn those_that_gave_up_are_passed_over() {
        let slots = Slots::new(2, 8);
        let a = peer("10.0.0.1");
        let first = slots.enter(a);
        let gone = slots.enter(a);
        let Entry::Wait(mut waiting) = slots.enter(a) else {
            panic!("it waits");
        };
        drop(gone);
        // Mutation: the slot goes to the one that gave up.
        drop(first);
        assert!(waiting.try_recv().is_ok());
    }

    #[test]
    fn the_room_to_wait_is_bounded_for_a_peer_and_for_all() {
        let slots = Slots::new(2, 4);
        let entries: Vec<_> = (0..5).map(|_| slots.enter(peer("10.0.0.1"))).collect();
        let waiting = |entry: &&Entry| matches!(entry, Entry::Wait(_));
        assert_eq!(entries.iter().filter(waiting).count(), 2);
        assert!(matches!(entries[4], Entry::Refused(_)));
    }

    #[test]
    fn accepting_waits_while_too_many_are_refused() {
        let slots = Slots::new(2, 2);
        let a = peer("10.0.0.1");
        let mut entries: Vec<_> = (0..3).map(|_| slots.enter(a)).collect();
        assert!(matches!(entries[2], Entry::Refused(_)));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(
            pin!(slots.free()).poll(&mut cx).is_ready(),
            "one is refused"
        );
        entries.push(slots.enter(a));
        let mut free = pin!(slots.free());
        // Mutation: accepted on, however many are being refused.
        assert!(free.as_mut().poll(&mut cx).is_pending());
        // Mutation: the refused are counted and never discounted.
        entries.pop();
        assert!(free.as_mut().poll(&mut cx).is_ready());
    }

    #[test]
    fn those_beyond_half_of_the_refused_are_in_a_crowd() {
        let slots = Slots::new(2, 4);
        let refused: Vec<_> = (0..3).map(|_| slots.refuse()).collect();
        // Mutation: none is, or all are.
        let crowded: Vec<_> = refused.iter().map(super::Refused::is_crowded).collect();
        assert_eq!(crowded, [false, false, true]);
        drop(refused);
        assert!(!slots.refuse().is_crowded());
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        assert_eq!(peer("2001:db8::1"), peer("2001:db8::ffff:1"));
        assert_ne!(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
        assert_eq!(peer("::ffff:10.0.0.1"), peer("10.0.0.1"));
    }
}
