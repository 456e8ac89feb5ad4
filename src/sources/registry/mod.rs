//! What registries with documents a package have in common: lenient reading, rows, attestations, which packages.

mod account;
mod attested;
mod digest;
mod documents;
mod insert;
mod lenient;
mod project;
mod read;
mod wanted;

pub(super) use account::Login;
pub(super) use digest::{of_hex, of_integrity};
pub(super) use documents::{Documents, Place};
pub(super) use insert::Registry;
pub(super) use lenient::{Fields, Flag, FromJson, Items, KeyValues, Lenient, Object, Pairs, Text};
pub(super) use project::{Link, Need, Project, Version, cut_off, day};
pub(super) use read::{Parts, Refusal, read};
pub(super) use wanted::wanted;
