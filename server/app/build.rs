//! Builds the web parts when their sources changed, and writes a table of their files for the binary to hold.
//!
//! `VITRINE_WEB_DIST` names a folder with ready `snippet` and `viewer` folders, for builds without Node.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

/// The folders that the binary holds: the name of its table, the folder's name in a ready distribution, its sources.
const PARTS: [(&str, &str, &str); 2] = [("SNIPPET", "snippet", "../../snippet"), ("VIEWER", "viewer", "../viewer")];
/// What a package is built from. Tests do not change what is shipped.
const SOURCES: [&str; 5] = ["src", "package.json", "package-lock.json", "build.mjs", "tsconfig.json"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=VITRINE_WEB_DIST");
    if let Err(reason) = run() {
        println!("cargo::error={reason}");
    }
}

fn run() -> Result<(), String> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("run by cargo only")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("run by cargo only")?);
    let ready = env::var_os("VITRINE_WEB_DIST").map(PathBuf::from);
    let mut code = String::new();
    for (table, name, sources) in PARTS {
        let dist = match &ready {
            Some(folder) => {
                let dist = folder.join(name);
                println!("cargo::rerun-if-changed={}", dist.display());
                dist
            }
            None => build(name, &here.join(sources).canonicalize().unwrap_or_else(|_| here.join(sources)))?,
        };
        embed(&mut code, table, &dist, &out.join(name)).map_err(|error| format!("{}: {error}", dist.display()))?;
    }
    write(&out.join("web.rs"), &code)?;
    demo(&here.join("demo"), &out.join("demo.rs"))
}

/// The websites of the demo: listed in place, as they are part of this crate.
fn demo(folder: &Path, list: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut code = String::new();
    for site in ["shop", "allowed", "foreign"] {
        let root = folder.join(site);
        let mut files = Vec::new();
        collect(&root, &mut files).map_err(|error| format!("{}: {error}", root.display()))?;
        files.sort();
        let _ = writeln!(code, "static DEMO_{}: &[File] = &[", site.to_uppercase());
        for file in files {
            let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            list_file(&mut code, &name, &file).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        code.push_str("];\n");
    }
    write(list, &code)
}

fn write(path: &Path, code: &str) -> Result<(), String> {
    fs::write(path, code).map_err(|error| format!("{}: {error}", path.display()))
}

fn list_file(code: &mut String, name: &str, file: &Path) -> io::Result<()> {
    let etag = format!("\"{}\"", digest_file(file)?);
    let _ = writeln!(code, "    File {{ name: {name:?}, bytes: include_bytes!({file:?}), etag: {etag:?} }},");
    Ok(())
}

/// Builds one package unless its `dist` was made from these very sources.
fn build(name: &str, package: &Path) -> Result<PathBuf, String> {
    let dist = package.join("dist");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", package.join(source).display());
    }
    let inputs = inputs(package).map_err(|error| format!("{}: {error}", package.display()))?;
    let stamp = dist.join(".inputs");
    if fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        return Ok(dist);
    }
    install(name, package)?;
    println!("cargo::warning=building the {name} with npm run build");
    npm(package, &["run", "build"])?;
    fs::write(&stamp, inputs).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(dist)
}

/// Installs what the lock file names, unless it is installed already.
fn install(name: &str, package: &Path) -> Result<(), String> {
    let lock =
        digest_file(&package.join("package-lock.json")).map_err(|error| format!("{}: {error}", package.display()))?;
    let stamp = package.join("node_modules/.vitrine-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("cargo::warning=installing what the {name} is built with: npm ci (once, a minute or less)");
    npm(package, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn npm(package: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("npm").args(arguments).current_dir(package).stdin(Stdio::null()).output();
    let output = match run {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err("Node.js 20 and npm build the web parts and are not here: install them, \
                        or set VITRINE_WEB_DIST to a folder with ready snippet and viewer folders"
                .into());
        }
        Err(error) => return Err(format!("npm: {error}")),
    };
    if output.status.success() {
        return Ok(());
    }
    for line in String::from_utf8_lossy(&output.stderr).lines().chain(String::from_utf8_lossy(&output.stdout).lines()) {
        println!("cargo::warning={line}");
    }
    Err(format!("npm {} failed in {}", arguments.join(" "), package.display()))
}

fn inputs(package: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&package.join(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(package).unwrap_or(&file).hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}

fn digest_file(path: &Path) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    fs::read(path)?.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

/// Copies the files to where the compiler finds them whatever happens to `dist`, and lists them.
fn embed(code: &mut String, table: &str, dist: &Path, copies: &Path) -> io::Result<()> {
    fs::create_dir_all(copies)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && !name.starts_with('.') && name != "manifest.json" {
            names.push(name);
        }
    }
    names.sort();
    let _ = writeln!(code, "static {table}: &[File] = &[");
    for name in names {
        let copy = copies.join(&name);
        fs::copy(dist.join(&name), &copy)?;
        list_file(code, &name, &copy)?;
    }
    code.push_str("];\n");
    Ok(())
}
