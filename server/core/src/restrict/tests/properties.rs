//! Random pages and rules: the index misses nothing, reach misses nothing, nothing panics.

use proptest::prelude::*;

use super::super::rules::Effect;
use super::super::select::MirrorElement;
use super::super::{Level, Own, PageRules, PatternSet, RuleRef, RuleSetInput, Walk, find_pattern, patterns, syntax};
use super::rules;
use super::tree::{Tree, element};
use crate::mirror::{DocumentMode, Mirror, Slot};

/// Choices that follow from a seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % sides as u64).unwrap()
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *of.get(self.below(of.len())).unwrap()
    }

    /// Once in `times`.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}

const ELEMENTS: [&str; 6] = ["div", "div", "p", "input", "fieldset", "svg:linearGradient"];
const CLASSES: [&str; 4] = ["a", "b", "a", "A"];
const ATTRIBUTES: [&str; 7] =
    ["disabled", "checked", "type", "data-x", "required", "data-vitrine-mask", "autocomplete"];
const PSEUDO_CLASSES: [&str; 19] = [
    ":empty",
    ":empty",
    ":first-child",
    ":last-child",
    ":only-child",
    ":first-of-type",
    ":last-of-type",
    ":nth-child(2n)",
    ":nth-last-child(2)",
    ":nth-of-type(2)",
    ":nth-last-of-type(2)",
    ":root",
    ":optional",
    ":required",
    ":checked",
    ":disabled",
    ":enabled",
    ":read-only",
    ":read-write",
];
const VALUES: [&str; 5] = ["", "a", "password", "cc-csc", "checkbox"];

pub(super) fn any_element(dice: &mut Dice) -> String {
    let mut line = dice.one(&ELEMENTS).to_owned();
    if dice.once_in(4) {
        line += dice.one(&["#i", "#j", "#I"]);
    }
    for _ in 0..dice.below(3) {
        line = format!("{line}.{}", dice.one(&CLASSES));
    }
    if dice.once_in(3) {
        line = format!("{line} {}='{}'", dice.one(&ATTRIBUTES), dice.one(&VALUES));
    }
    line
}

pub(super) fn any_tree(dice: &mut Dice) -> Tree {
    let mode = dice.one(&[DocumentMode::Standards, DocumentMode::Quirks]);
    let mut tree = Tree::empty(mode);
    let html = tree.create(element("html"));
    tree.mirror.insert(html, tree.mirror.root(), Slot::NONE).unwrap();
    for _ in 0..dice.below(20) {
        let elements = tree.elements();
        let parent = dice.one(&elements);
        let kind = if dice.once_in(4) {
            crate::mirror::Kind::Text(dice.one(&["", "text"]).into())
        } else {
            element(&any_element(dice))
        };
        let slot = tree.create(kind);
        if dice.once_in(6) {
            tree.mirror.get_mut(slot).unwrap().in_shadow_root = true;
            tree.mirror.get_mut(parent).unwrap().marks_mut().unwrap().is_shadow_host = true;
        }
        tree.mirror.insert(slot, parent, Slot::NONE).unwrap();
    }
    tree
}

fn any_compound(dice: &mut Dice, depth: usize, in_has: bool) -> String {
    let mut text = dice.one(&["", "", "div", "p", "*", "linearGradient", "INPUT"]).to_owned();
    for _ in 0..=usize::from(dice.once_in(5)) {
        let inner = |dice: &mut Dice, in_has| any_selector(dice, depth + 1, in_has);
        text += &match dice.below(if depth < 2 { 19 } else { 14 }) {
            0..5 => format!(".{}", dice.one(&CLASSES)),
            5 => dice.one(&["#i", "#j"]).to_owned(),
            6 => format!("[{}]", dice.one(&ATTRIBUTES)),
            7 => format!(
                "[{}{}'{}'{}]",
                dice.one(&ATTRIBUTES),
                dice.one(&["=", "~=", "^="]),
                dice.one(&VALUES),
                dice.one(&["", " i"])
            ),
            8..14 => dice.one(&PSEUDO_CLASSES).to_owned(),
            14 => format!(":is({}, {})", inner(dice, in_has), inner(dice, in_has)),
            15 => format!(":not({})", inner(dice, in_has)),
            16 => format!(":nth-child(2 of {})", inner(dice, in_has)),
            17 => format!(":nth-last-child(1 of {})", inner(dice, in_has)),
            _ if in_has => format!(":where({})", inner(dice, in_has)),
            _ => format!(":has({}{})", dice.one(&["", "> ", "+ ", "~ "]), inner(dice, true)),
        };
    }
    text
}

pub(super) fn any_selector(dice: &mut Dice, depth: usize, in_has: bool) -> String {
    let mut text = any_compound(dice, depth, in_has);
    for _ in 0..dice.below(3) {
        text = format!("{text}{}{}", dice.one(&[" ", " > ", " + ", " ~ "]), any_compound(dice, depth, in_has));
    }
    text
}

pub(super) fn any_rules(dice: &mut Dice) -> RuleSetInput {
    let mut input = RuleSetInput::default();
    for _ in 0..=dice.below(8) {
        let list = match dice.below(5) {
            0 => &mut input.mask,
            1 => &mut input.block,
            2 => &mut input.hide,
            3 => &mut input.no_control,
            _ => &mut input.unmask,
        };
        // One in thousands is more than a rule may hold.
        let fits = |text: &String| syntax::parse(text).is_ok();
        list.extend(std::iter::repeat_with(|| any_selector(dice, 0, false)).take(100).find(fits));
    }
    input
}

/// The judgement by trying every selector, without fixed rules.
fn judge_all(input: &RuleSetInput, mirror: &Mirror, slot: Slot) -> Own {
    let mut own = Own::default();
    let lists = [
        (Effect::Hide, &input.hide),
        (Effect::Block, &input.block),
        (Effect::Mask, &input.mask),
        (Effect::NoControl, &input.no_control),
        (Effect::Unmask, &input.unmask),
    ];
    let texts = lists.iter().flat_map(|(effect, list)| list.iter().map(|text| (*effect, text)));
    for (number, (effect, text)) in (0..).zip(texts) {
        let element = MirrorElement::new(mirror, slot).unwrap();
        let matches = |selector| element.matches(selector, &mut Default::default());
        if !syntax::parse(text).unwrap().iter().any(matches) {
            continue;
        }
        let level = match effect {
            Effect::NoControl => {
                own.no_control = true;
                continue;
            }
            Effect::Unmask => {
                own.unmask = true;
                continue;
            }
            Effect::Mask => Level::Mask,
            Effect::Block => Level::Block,
            Effect::Hide => Level::Hide,
        };
        if level > own.level {
            (own.level, own.rule) = (level, Some(RuleRef::Selector(number)));
        }
    }
    own
}

/// What the fixed rules add to `own`.
fn with_fixed(own: Own, fixed: Own) -> Own {
    let by_fixed = fixed.level > own.level || (fixed.level == own.level && fixed.rule.is_some());
    let (level, rule) = if by_fixed { (fixed.level, fixed.rule) } else { (own.level, own.rule) };
    Own { level, rule, no_control: own.no_control || fixed.no_control, unmask: own.unmask }
}

fn page_rules(input: &RuleSetInput) -> PageRules {
    rules(|set| *set = input.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1500), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_and_the_walk_miss_nothing(seed in any::<u64>()) {
        let dice = &mut Dice::new(seed);
        let input = any_rules(dice);
        let tree = any_tree(dice);
        let (with, without) = (page_rules(&input), page_rules(&RuleSetInput::default()));
        let mut walk = Walk::default();
        let parents_first = tree.elements();
        for &slot in parents_first.iter().chain(parents_first.iter().rev()) {
            let wanted = with_fixed(judge_all(&input, &tree.mirror, slot), without.judge(&tree.mirror, slot));
            prop_assert_eq!(with.judge(&tree.mirror, slot), wanted, "{:?}", input);
            prop_assert_eq!(with.judge_in(&tree.mirror, slot, &mut walk), wanted, "in a walk: {:?}", input);
        }
    }

    #[test]
    fn no_selector_panics(text in "[a-c .#:>+~*,&|()\\[\\]='\"\\\\/\u{e9}0-9n-]{0,40}|[:a-z()]{0,30}|\\PC{0,40}") {
        let tree = Tree::read("html\n  div#a.b\n    \"text\"\n    p.c data-x=1");
        if let Ok(selectors) = syntax::parse(&text) {
            for slot in tree.elements() {
                let element = MirrorElement::new(&tree.mirror, slot).unwrap();
                for selector in &selectors {
                    let _ = element.matches(selector, &mut Default::default());
                }
            }
        }
    }

    #[test]
    fn no_text_panics(text in "[0-9 .+@()a-zA-Z\u{660}\u{200b}-]{0,80}|\\PC{0,80}") {
        use patterns::Pattern::{Email, Iban, PaymentCard, Phone};
        for pattern in [PaymentCard, Iban, Email, Phone] {
            if let Some((_, range)) = find_pattern(&text, PatternSet::from_iter([pattern])) {
                prop_assert!(text.get(range).is_some_and(|found| !found.is_empty()));
            }
        }
    }
}
