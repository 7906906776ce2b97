//! The front's copy of the protocol, `src-ts/wire/protocol.ts`: its text, and the test that it is not stale.

use std::fmt::Write as _;
use std::path::Path;

use doeff_vm_core::{Activity, ClauseKind, EffectType, Fault, Link, Native, Settlement};

/// `CreatePromise` as `CREATE_PROMISE`.
fn constant_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_uppercase());
    }
    text
}

/// The groups that the heart defines.
fn heart_groups() -> Vec<(&'static str, Vec<(String, u32)>)> {
    let named = |names: Vec<(&str, u32)>| names.into_iter().map(|(name, number)| (name.to_owned(), number)).collect();
    let mut effects: Vec<(String, u32)> =
        EffectType::BUILT_IN.iter().map(|(name, effect)| (constant_case(name), effect.word())).collect();
    effects.push(("FIRST_FREE".to_owned(), EffectType::FIRST_FREE));
    vec![
        ("effect", effects),
        ("clause", named(ClauseKind::ALL.iter().map(|&(name, kind)| (name, kind as u32)).collect())),
        ("fault", named(Fault::ALL.iter().map(|&(name, fault)| (name, fault as u32)).collect())),
        ("native", named(Native::ALL.iter().map(|&(name, native)| (name, native as u32 + 1)).collect())),
        ("settlement", named(Settlement::ALL.iter().map(|&(name, how)| (name, how as u32)).collect())),
        ("activity", named(Activity::ALL.iter().map(|&(name, activity)| (name, activity as u32)).collect())),
        ("link", named(Link::ALL.iter().map(|&(name, link)| (name, link as u32)).collect())),
    ]
}

fn generated() -> String {
    let own: [(&str, &[(&str, u32)]); 16] = [
        ("word", super::word::TABLE),
        ("scope", super::scope::TABLE),
        ("journal", super::journal::TABLE),
        ("deed", super::deed::TABLE),
        ("ready", super::ready::TABLE),
        ("cell", super::cell::TABLE),
        ("takes", super::takes::TABLE),
        ("entry", super::entry::TABLE),
        ("op", super::op::TABLE),
        ("code", super::code::TABLE),
        ("flag", super::flag::TABLE),
        ("forked", super::forked::TABLE),
        ("position", super::position::TABLE),
        ("until", super::until::TABLE),
        ("release", super::release::TABLE),
        ("stat", super::stat::TABLE),
    ];
    let mut text = String::from(
        "// Generated from src-rs/protocol.rs; do not edit. Refresh with: UPDATE_GENERATED=1 cargo test -p doeff-vm\n\n\
         /* eslint-disable */\n",
    );
    let mut group = |name: &str, entries: &mut dyn Iterator<Item = (String, u32)>| {
        let capital = name[..1].to_uppercase() + &name[1..];
        writeln!(text, "export const enum {capital} {{").expect("writing to a string");
        for (entry, number) in entries {
            writeln!(text, "  {entry} = {number},").expect("writing to a string");
        }
        text.push_str("}\n\n");
    };
    for (name, table) in own {
        group(name, &mut table.iter().map(|&(entry, number)| (entry.to_owned(), number)));
    }
    for (name, table) in heart_groups() {
        group(name, &mut table.into_iter());
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[test]
fn the_front_has_the_same_protocol() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-ts/wire/protocol.ts");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, generated()).expect("src-ts/wire/protocol.ts can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated(),
        "src-ts/wire/protocol.ts is stale; run: UPDATE_GENERATED=1 cargo test -p doeff-vm"
    );
}
