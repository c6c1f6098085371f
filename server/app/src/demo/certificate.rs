//! A certificate for this computer, made by itself and kept.

use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;

use super::DemoError;
use super::home::Home;

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";
/// What it is good for, in days; browsers take no more than 825.
const VALID_DAYS: u64 = 365;
/// It is made anew so long before it runs out.
const RENEW_DAYS: u64 = 30;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The certificate of an earlier run, or a new one.
pub(super) fn kept_in(home: &Home) -> Result<Pair, DemoError> {
    if let Some(pair) = read(home) {
        return Ok(pair);
    }
    let (certificate, key) = make()?;
    home.write(KEY, &key)?;
    home.write(CERTIFICATE, &certificate)?;
    read(home).ok_or_else(|| DemoError::Config("the certificate that was made cannot be read".into()))
}

fn read(home: &Home) -> Option<Pair> {
    let made = std::fs::metadata(home.path(CERTIFICATE)).ok()?.modified().ok()?;
    let age = SystemTime::now().duration_since(made).unwrap_or_default();
    if age > DAY * u32::try_from(VALID_DAYS - RENEW_DAYS).ok()? {
        return None;
    }
    let certificate = CertificateDer::from_pem_slice(home.read(CERTIFICATE)?.as_bytes()).ok()?;
    let key = PrivateKeyDer::from_pem_slice(home.read(KEY)?.as_bytes()).ok()?;
    Some((vec![certificate], key))
}

/// Certificate and key as PEM.
fn make() -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(["localhost", "127.0.0.1", "::1"].map(str::to_owned))?;
    params.distinguished_name.push(DnType::CommonName, "Vitrine demo on this computer");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::now_utc();
    params.not_before = now - DAY;
    params.not_after = now + DAY * u32::try_from(VALID_DAYS).unwrap_or(u32::MAX);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}
