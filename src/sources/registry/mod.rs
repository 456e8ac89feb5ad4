//! What registries with documents a package have in common: lenient reading, rows, attestations, which packages.

mod account;
mod attested;
mod base;
mod digest;
mod documents;
mod insert;
mod lenient;
mod packages;
mod project;
mod read;
mod wanted;

pub(super) use account::Login;
pub(super) use base::Client;
use base::base;
pub(super) use digest::{of_hex, of_integrity};
use documents::Documents;
pub(super) use documents::Part;
pub(super) use lenient::{Fields, Flag, FromJson, Items, KeyValues, Lenient, Object, Pairs, Text};
pub(super) use packages::{Packages, Registry};
pub(super) use project::{Link, Need, Project, Version, cut_off, day};
use read::read;
pub(super) use read::{Parts, Refusal};
pub(super) use wanted::is_package_name;
use wanted::wanted;
