//! Plain rules of tables, as SQL: nothing missing, in range, known words, unique keys, references that lead somewhere.
//!
//! They are exported as text and not run here: every laboratory has an engine that checks hundreds of millions of rows
//! of Parquet in seconds from the statistics of their row groups (DuckDB, a data warehouse, Polars), while an engine of our
//! own would cost minutes of every build and find nothing more. What needs metrology is not here but in the checks.
//!
//! Each [`Query`] returns the rows that break one rule, so that an empty answer is a kept rule. Names are quoted and numbers
//! are written with an exponent, which makes them double precision in standard SQL.

use super::{Field, Kind, Schema};
use super::{budgets, calibrations, chain, check_standards, comparisons, correlations, logs, recalls, repeats};

/// What holds for the rows of a table beside the limits of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The table.
    pub schema: &'static Schema,
    /// The columns that together name one row.
    pub key: &'static [&'static str],
    /// Columns whose words are names in another table.
    pub references: &'static [Reference],
}

/// A column whose words stand in a column of another table.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The column.
    pub column: &'static str,
    /// The other table.
    pub table: &'static str,
    /// Its column.
    pub to: &'static str,
}

/// One rule as a question that returns the rows that break it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The table.
    pub table: &'static str,
    /// The rule, such as `calibrations.u.range`; it ends with `missing`, `range`, `words`, `unique` or `reference`.
    pub rule: String,
    /// What the rule says.
    pub says: String,
    /// The other table that is asked, if any.
    pub beside: Option<&'static str>,
    /// The text of the query, which ends with a semicolon.
    pub sql: String,
}

/// The tables of calibrations with their rules.
pub static RULES: &[&Rules] = &[
    &calibrations::RULES,
    &repeats::RULES,
    &budgets::RULES,
    &correlations::RULES,
    &chain::RULES,
    &recalls::RULES,
    &check_standards::RULES,
    &comparisons::RULES,
    &logs::RULES,
];

impl Rules {
    /// One query for each rule: first what is missing, out of range or unknown, column by column, then repeated keys,
    /// then references.
    ///
    /// ```
    /// use sigmatau_data::schema::recalls;
    /// let queries = recalls::RULES.queries();
    /// assert_eq!(queries[0].rule, "recalls.certificate.missing");
    /// assert_eq!(queries[0].sql, r#"SELECT * FROM "recalls" WHERE "certificate" IS NULL OR "certificate" = '';"#);
    /// ```
    pub fn queries(&self) -> Vec<Query> {
        let columns = self.schema.fields.iter().flat_map(|field| self.of_column(field));
        let references = self.references.iter().map(|reference| self.reference(reference));
        columns.chain([self.unique()]).chain(references).collect()
    }

    fn query(&self, rule: &str, says: String, condition: &str) -> Query {
        let table = self.schema.name;
        let sql = format!("SELECT * FROM \"{table}\" WHERE {condition};");
        Query { table, rule: format!("{table}.{rule}"), says, beside: None, sql }
    }

    fn of_column(&self, field: &Field) -> Vec<Query> {
        let (name, limits) = (field.name, field.limits);
        let missing = || {
            let empty = if field.kind == Kind::Text { format!(" OR \"{name}\" = ''") } else { String::new() };
            self.query(&format!("{name}.missing"), format!("{name} is there"), &format!("\"{name}\" IS NULL{empty}"))
        };
        let range = |(low, high): (f64, f64)| {
            let says = match high {
                f64::MAX => format!("{name} is finite and at least {low}"),
                high => format!("{name} lies between {low} and {high}"),
            };
            let condition = format!("\"{name}\" IS NOT NULL AND NOT (\"{name}\" BETWEEN {low:e} AND {high:e})");
            self.query(&format!("{name}.range"), says, &condition)
        };
        let words = || {
            let known: Vec<String> = limits.words.iter().map(|word| format!("'{word}'")).collect();
            let known = known.join(", ");
            self.query(
                &format!("{name}.words"),
                format!("{name} is one of {known}"),
                &format!("\"{name}\" NOT IN ({known})"),
            )
        };
        let missing = limits.required.then(missing);
        missing.into_iter().chain(limits.range.map(range)).chain((!limits.words.is_empty()).then(words)).collect()
    }

    fn unique(&self) -> Query {
        let table = self.schema.name;
        let quoted: Vec<String> = self.key.iter().map(|name| format!("\"{name}\"")).collect();
        let key = quoted.join(", ");
        let sql = format!(
            "SELECT * FROM \"{table}\" WHERE ({key}) IN \
             (SELECT {key} FROM \"{table}\" GROUP BY {key} HAVING COUNT(*) > 1);"
        );
        let says = format!("no two rows share {}", self.key.join(", "));
        Query { table, rule: format!("{table}.{}.unique", self.key.join("+")), says, beside: None, sql }
    }

    fn reference(&self, reference: &Reference) -> Query {
        let (table, Reference { column, table: other, to }) = (self.schema.name, *reference);
        let condition = format!(
            "\"{column}\" <> '' AND NOT EXISTS \
             (SELECT 1 FROM \"{other}\" WHERE \"{other}\".\"{to}\" = \"{table}\".\"{column}\")"
        );
        let says = format!("{column} is a {to} of {other}");
        Query { beside: Some(other), ..self.query(&format!("{column}.reference"), says, &condition) }
    }
}

/// The queries of every table in `present` whose tables are all there, as a script for DuckDB that reads
/// `TABLE.parquet` in the folder it runs in; each answer has one row: the rule, what it says, and how many rows break it.
pub fn duckdb(present: &[&str]) -> String {
    let here = |table: &&'static str| present.contains(table);
    let tables: Vec<&str> = RULES.iter().map(|rules| rules.schema.name).filter(here).collect();
    let views = tables.iter().map(|table| format!("CREATE VIEW \"{table}\" AS SELECT * FROM '{table}.parquet';\n"));
    let asked = RULES.iter().flat_map(|rules| rules.queries());
    let asked = asked.filter(|query| here(&query.table) && query.beside.as_ref().is_none_or(here));
    views.chain(asked.map(|query| counted(&query))).collect()
}

fn counted(query: &Query) -> String {
    let (rule, says, rows) = (&query.rule, query.says.replace('\'', "''"), query.sql.trim_end_matches(';'));
    format!("SELECT '{rule}' AS rule, '{says}' AS says, COUNT(*) AS broken FROM ({rows});\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn sql(rules: &Rules, rule: &str) -> String {
        let found = rules.queries().into_iter().find(|query| query.rule == rule);
        found.unwrap_or_else(|| panic!("no rule {rule}")).sql
    }

    #[test]
    fn every_kind_of_rule_is_one_select() {
        let cases = [
            ("calibrations.value.missing", r#"SELECT * FROM "calibrations" WHERE "value" IS NULL;"#),
            (
                "calibrations.u.range",
                r#"SELECT * FROM "calibrations" WHERE "u" IS NOT NULL AND NOT ("u" BETWEEN 0e0 AND 1.7976931348623157e308);"#,
            ),
            (
                "calibrations.verdict.words",
                r#"SELECT * FROM "calibrations" WHERE "verdict" NOT IN ('', 'pass', 'fail', 'conditional-pass', 'conditional-fail');"#,
            ),
            (
                "calibrations.certificate+point.unique",
                r#"SELECT * FROM "calibrations" WHERE ("certificate", "point") IN (SELECT "certificate", "point" FROM "calibrations" GROUP BY "certificate", "point" HAVING COUNT(*) > 1);"#,
            ),
            (
                "calibrations.standard.reference",
                r#"SELECT * FROM "calibrations" WHERE "standard" <> '' AND NOT EXISTS (SELECT 1 FROM "chain" WHERE "chain"."certificate" = "calibrations"."standard");"#,
            ),
        ];
        for (rule, expected) in cases {
            assert_eq!(sql(&calibrations::RULES, rule), expected);
        }
    }

    #[test]
    fn keys_and_references_name_columns_that_are_there() {
        let has = |schema: &Schema, column: &str| schema.fields.iter().any(|field| field.name == column);
        for rules in RULES {
            assert!(rules.key.iter().all(|column| has(rules.schema, column)), "{}", rules.schema.name);
            for reference in rules.references {
                let other = RULES.iter().find(|other| other.schema.name == reference.table).unwrap().schema;
                assert!(has(rules.schema, reference.column) && has(other, reference.to), "{reference:?}");
            }
        }
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let names: Vec<String> = RULES.iter().flat_map(|rules| rules.queries()).map(|query| query.rule).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(names.len() > 80, "{}", names.len());
    }

    #[test]
    fn a_script_asks_only_of_tables_that_are_there() {
        let script = duckdb(&["recalls"]);
        assert!(script.starts_with("CREATE VIEW \"recalls\" AS SELECT * FROM 'recalls.parquet';\n"), "{script}");
        assert!(!script.contains("chain"), "{script}");
        assert!(duckdb(&["recalls", "chain"]).contains("'recalls.certificate.reference'"));
    }
}
