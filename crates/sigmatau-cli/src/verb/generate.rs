//! `sigmatau generate`: demonstration data of any size, with the manifest that describes them.

use super::run::cancel_on_interrupt;
use crate::args::GenerateArguments;
use crate::exit::Exit;
use crate::output::{complain, deliver};
use crate::progress::Progress;
use anyhow::Context;
use sigmatau_data::generate::{Overrides, Recipe};
use sigmatau_data::{hash, write_atomic};
use sigmatau_pipeline::run::demonstration;
use sigmatau_pipeline::{Event, Listener};
use std::path::Path;

pub(crate) fn generate(asked: GenerateArguments) -> anyhow::Result<Exit> {
    let overrides = Overrides { points: asked.points, members: asked.members, seed: asked.seed };
    let recipe = recipe(&asked.recipe)?.with(overrides)?;
    let folder = &asked.output;
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
    let table = folder.join(format!("{}.parquet", recipe.name()));
    draw(&recipe, &table)?;
    write_atomic(&folder.join("dataset.toml"), manifest(&recipe, &table)?.as_bytes())?;
    recipe.planted().iter().for_each(|planted| complain(&format!("planted: {planted}")));
    deliver(format!("{}\n{}\n", table.display(), folder.join("dataset.toml").display()).as_bytes(), None)?;
    Ok(Exit::Done)
}

/// Draws the clocks or sensors into a table, under a bar.
fn draw(recipe: &Recipe, table: &Path) -> anyhow::Result<()> {
    let progress = Progress::new(false, None);
    let of = recipe.members();
    let mut each = |done| progress.hear(&Event::Generating { dataset: recipe.name(), done, of });
    let drawn = demonstration::write(recipe, table, &cancel_on_interrupt()?, &mut each);
    progress.finish();
    Ok(drawn?)
}

fn recipe(word: &str) -> anyhow::Result<Recipe> {
    if !word.ends_with(".toml") {
        return Ok(Recipe::builtin(word)?);
    }
    let text = std::fs::read_to_string(word).with_context(|| format!("read the recipe `{word}`"))?;
    Ok(Recipe::from_toml(&text, word)?)
}

fn manifest(recipe: &Recipe, table: &Path) -> anyhow::Result<String> {
    let name = recipe.name();
    Ok(format!(
        "name = \"{name}\"\ntitle = \"Demonstration data `{name}`\"\norigin = \"drawn by sigmatau {}: {} {} of {} points every {} s, seed {}\"\n\
         licence = \"{}\"\n\n[[files]]\npath = \"{name}.parquet\"\nblake3 = \"{}\"\n",
        env!("CARGO_PKG_VERSION"),
        recipe.members(),
        recipe.subject(),
        recipe.points(),
        recipe.tau0(),
        recipe.seed(),
        demonstration::LICENCE,
        hash::blake3(table)?
    ))
}
