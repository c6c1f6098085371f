//! `cargo run -p vitrine-plan`: the tables of docs/OPERATE.md, by the figures in force.

use vitrine_plan::figures;
use vitrine_plan::plan::{CELL, SMALL, costs, table};

fn main() -> Result<(), String> {
    let (figures, all) = figures::read(figures::FILE)?;
    println!("What things cost\n\n{}", costs(&all));
    for (name, service) in [("One of four cells", CELL), ("Three nodes", SMALL)] {
        println!("{name}\n\n{}", table(&service, &figures));
    }
    Ok(())
}
