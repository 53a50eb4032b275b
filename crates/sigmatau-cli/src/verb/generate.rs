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
use std::path::PathBuf;

pub(crate) fn generate(asked: GenerateArguments) -> anyhow::Result<Exit> {
    let overrides = Overrides { points: asked.points, members: asked.members, seed: asked.seed };
    let recipe = recipe(&asked.recipe)?.with(overrides)?;
    let folder = &asked.output;
    std::fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
    let tables: Vec<PathBuf> = recipe.parts().iter().map(|part| folder.join(format!("{part}.parquet"))).collect();
    draw(&recipe, &tables)?;
    let described = folder.join("dataset.toml");
    write_atomic(&described, manifest(&recipe, &tables)?.as_bytes())?;
    recipe.planted().iter().for_each(|planted| complain(&format!("planted: {planted}")));
    let written = tables.iter().chain([&described]).map(|path| format!("{}\n", path.display()));
    deliver(written.collect::<String>().as_bytes(), None)?;
    Ok(Exit::Done)
}

/// Draws the members into a table for each part, under a bar.
fn draw(recipe: &Recipe, tables: &[PathBuf]) -> anyhow::Result<()> {
    let progress = Progress::new(false, None);
    let of = recipe.pieces();
    let mut each = |done| progress.hear(&Event::Generating { dataset: recipe.name(), done, of });
    let drawn = demonstration::write_parts(recipe, tables, &cancel_on_interrupt()?, &mut each);
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

fn manifest(recipe: &Recipe, tables: &[PathBuf]) -> anyhow::Result<String> {
    let name = recipe.name();
    let mut manifest = format!(
        "name = \"{name}\"\ntitle = \"Demonstration data `{name}`\"\norigin = \"drawn by sigmatau {}: {} {} of {} points every {} s, seed {}\"\n\
         licence = \"{}\"\n",
        env!("CARGO_PKG_VERSION"),
        recipe.members(),
        recipe.subject(),
        recipe.points(),
        recipe.tau0(),
        recipe.seed(),
        demonstration::LICENCE,
    );
    for (part, table) in recipe.parts().iter().zip(tables) {
        let hash = hash::blake3(table)?;
        manifest += &format!("\n[[files]]\npath = \"{part}.parquet\"\nblake3 = \"{hash}\"\n");
    }
    Ok(manifest)
}
