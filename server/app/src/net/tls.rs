//! TLS of the public listener: rustls with one provider.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Tls;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate is missing from the configuration.
    #[error("no certificate: set [tls] certificate and key, or try `vitrine demo`")]
    NoCertificate,
    /// A file cannot be read as PEM.
    #[error("{file}: {source}; [tls] certificate and key name PEM files that the server can read")]
    Pem {
        /// Which file.
        file: String,
        /// Why.
        source: rustls_pki_types::pem::Error,
    },
    /// The certificate and the key do not fit, or are of a kind that is not supported.
    #[error("certificate and key: {0}")]
    Rustls(#[from] rustls::Error),
}

/// Makes aws-lc-rs the process's one provider. The first thing that `main` does; later calls change nothing.
pub fn install_provider() {
    let _ = aws_lc_rs::default_provider().install_default();
}

/// Reads certificate and key.
///
/// # Errors
/// [`TlsError`].
pub fn from_files(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else { return Err(TlsError::NoCertificate) };
    let pem = |file: &Path, source| TlsError::Pem { file: file.display().to_string(), source };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(|error| pem(certificate, error));
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| pem(key, error))?;
    Ok(config(chain?, key, tls.allow_tls12)?)
}

/// TLS 1.3, and 1.2 if allowed; HTTP/2 and HTTP/1.1.
///
/// # Errors
/// Certificate and key do not fit.
pub fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    allow_tls12: bool,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let versions: &[_] = if allow_tls12 { rustls::ALL_VERSIONS } else { &[&rustls::version::TLS13] };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
