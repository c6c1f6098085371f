//! Whether what many clients saw can be explained by one order of their operations, in which each took effect at one moment
//! between its beginning and its end (linearizability, by the search of Wing and Gong with the memory of Lowe).

use std::collections::HashSet;
use std::hash::Hash;
use std::time::Instant;

/// Operations in one history at most: a set of them is one number.
pub const OPERATIONS_MAX: usize = 128;

/// What operations do, one after the other.
pub trait Model {
    /// What there is.
    type State: Clone + Eq + Hash;
    /// An operation with what its client saw.
    type Operation;

    /// The states that it can lead to with what was seen; none: that could not have been seen.
    fn after(&self, state: &Self::State, operation: &Self::Operation) -> Vec<Self::State>;
}

/// An operation as it went.
#[derive(Debug, Clone)]
pub struct Done<O> {
    /// What was asked and answered.
    pub operation: O,
    /// When it was asked.
    pub begun: Instant,
    /// When it was answered. `None`: it was not; it may have taken effect at any time since, or not at all.
    pub ended: Option<Instant>,
}

/// Whether there is such an order, beginning with a state.
///
/// # Panics
/// The history has more than [`OPERATIONS_MAX`] operations.
pub fn is_explained<M: Model>(model: &M, start: M::State, history: &[Done<M::Operation>]) -> bool {
    assert!(history.len() <= OPERATIONS_MAX, "{} operations", history.len());
    let answered = (0..history.len()).filter(|at| history[*at].ended.is_some()).fold(0_u128, |set, at| set | 1 << at);
    let mut seen = HashSet::new();
    let mut open = vec![(0_u128, start)];
    while let Some((done, state)) = open.pop() {
        if done & answered == answered {
            return true;
        }
        if !seen.insert((done, state.clone())) {
            continue;
        }
        let left = || (0..history.len()).filter(|at| done & 1 << at == 0);
        // What begins after another that is left has ended cannot come before it.
        let first_end = left().filter_map(|at| history[at].ended).min();
        let next = left().filter(|at| first_end.is_none_or(|end| history[*at].begun <= end));
        // What was answered is tried first: it is pushed last.
        let mut next: Vec<usize> = next.collect();
        next.sort_by_key(|at| history[*at].ended.is_some());
        for at in next {
            open.extend(model.after(&state, &history[at].operation).into_iter().map(|state| (done | 1 << at, state)));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Done, Model, is_explained};

    /// A cell: written, or read.
    struct Cell;

    enum On {
        Write(u8),
        Read(u8),
    }

    impl Model for Cell {
        type State = u8;
        type Operation = On;

        fn after(&self, state: &u8, operation: &On) -> Vec<u8> {
            match operation {
                On::Write(value) => vec![*value],
                On::Read(value) => {
                    if value == state {
                        vec![*state]
                    } else {
                        Vec::new()
                    }
                }
            }
        }
    }

    fn explained(history: Vec<(On, u64, Option<u64>)>) -> bool {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let done = history.into_iter().map(|(operation, begun, ended)| Done {
            operation,
            begun: at(begun),
            ended: ended.map(at),
        });
        is_explained(&Cell, 0, &done.collect::<Vec<_>>())
    }

    #[test]
    fn an_order_is_found_where_there_is_one_and_only_there() {
        use On::{Read, Write};
        for (history, is_right) in [
            (vec![(Write(1), 0, Some(1)), (Read(1), 2, Some(3))], true),
            (vec![(Write(1), 0, Some(1)), (Read(0), 2, Some(3))], false),
            (vec![(Write(1), 0, Some(3)), (Read(0), 1, Some(2))], true),
            (vec![(Write(1), 0, Some(9)), (Read(1), 1, Some(2)), (Read(0), 3, Some(4))], false),
            (vec![(Write(1), 0, Some(9)), (Write(2), 0, Some(9)), (Read(2), 1, Some(2)), (Read(1), 3, Some(4))], true),
            (vec![(Write(1), 0, None), (Read(0), 1, Some(2)), (Read(1), 3, Some(4))], true),
            (vec![(Write(1), 0, None), (Read(0), 1, Some(2)), (Read(0), 3, Some(4))], true),
            (vec![(Write(1), 2, None), (Read(1), 0, Some(1))], false),
        ] {
            assert_eq!(explained(history), is_right);
        }
    }
}
