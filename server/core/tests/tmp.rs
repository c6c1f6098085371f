use vitrine_core::*;
#[test]
fn streams() {
    let policy = policy::Policy {
        domains: asset::AllowedDomains::parse(&["*.example.com".into()], &[443], &["https".into()]).unwrap(),
        rules: restrict::RuleBook::default(),
        page_url: Default::default(),
        base_path: String::new(),
        allow_data_images: true,
    };
    let mut names: Vec<_> = std::fs::read_dir("/work/shared/corpora/streams")
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    names.sort();
    std::fs::create_dir_all("/tmp/out").unwrap();
    for p in names {
        let bytes = std::fs::read(&p).unwrap();
        let t = std::time::Instant::now();
        let (out, report) = view::preview_events(&policy, &limits::Limits::default(), None, &bytes).unwrap();
        eprintln!(
            "{:?} {} -> {} in {:?} {:?}",
            p.file_name().unwrap(),
            bytes.len(),
            out.len(),
            t.elapsed(),
            report.removed.iter().filter(|(k, _)| k.starts_with("event") || k.starts_with("limit")).collect::<Vec<_>>()
        );
        std::fs::write(format!("/tmp/out/{}", p.file_name().unwrap().to_str().unwrap()), out).unwrap();
    }
}
