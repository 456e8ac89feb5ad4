//! What registries with documents a package have in common: lenient reading, rows, attestations, which packages.

mod account;
mod attested;
mod base;
mod digest;
mod documents;
mod insert;
mod lenient;
mod project;
mod read;
mod wanted;

pub(super) use account::Login;
pub(super) use base::{Client, base};
pub(super) use digest::{of_hex, of_integrity};
pub(super) use documents::{Documents, Part};
pub(super) use insert::Registry;
pub(super) use lenient::{Fields, Flag, FromJson, Items, KeyValues, Lenient, Object, Pairs, Text};
pub(super) use project::{Link, Need, Project, Version, cut_off, day};
pub(super) use read::{Parts, Refusal, read};
pub(super) use wanted::{is_package_name, wanted};
