/// Why an attack cannot be simulated. Wrong use: the command ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum AttackError {
    /// More rows than memory should hold.
    #[error("attack `{attack}` would add {row_count} rows, at most {most}; give smaller sizes")]
    TooLarge {
        /// Name of the attack.
        attack: String,
        /// Upper bound of its rows.
        row_count: u64,
        /// The limit.
        most: u64,
    },
    /// The job has not what the attack needs.
    #[error("attack `{attack}`: {why}")]
    Impossible {
        /// Name of the attack.
        attack: String,
        /// What is missing.
        why: String,
    },
    /// Packages without a registry.
    #[error("it adds packages, and the job reads no list of packages; remove it or add a source of packages")]
    NoRegistry,
    /// A registry that refuses the names of planted packages.
    #[error("no package can be called `{name}` in {ecosystem}")]
    Name {
        /// The name.
        name: String,
        /// The registry world.
        ecosystem: &'static str,
    },
    /// Fewer honest nodes than asked for.
    #[error("it needs {asked} {what}, and this job has {found}; give smaller sizes or another job")]
    TooFew {
        /// Of what.
        what: &'static str,
        /// How many the attack wants.
        asked: u64,
        /// How many there are.
        found: usize,
    },
}
