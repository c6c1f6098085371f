//! TLS of the public listener: rustls with one provider. Tickets that resume a session are kept in memory and die with the
//! certificate they were given under; early data (0-RTT), which could be sent twice by somebody else, is never taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedCipherSuite};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Tls;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate is missing from the configuration.
    #[error("no certificate: set [tls] certificate and key, or try `vitrine demo`")]
    NoCertificate,
    /// A file cannot be read as PEM.
    #[error("{file}: {source}; [tls] {key} names a PEM file that the server can read")]
    Pem {
        /// Which file.
        file: String,
        /// Which key of `[tls]` names it.
        key: &'static str,
        /// Why.
        source: pem::Error,
    },
    /// The certificate and the key do not fit, or are of a kind that is not supported.
    #[error("certificate and key: {0}")]
    Rustls(#[from] rustls::Error),
    /// No certificate of a client could ever be believed.
    #[error("{}: {source}; [tls] client-ca names a PEM file of authorities", file.display())]
    ClientAuthority {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: rustls::server::VerifierBuilderError,
    },
}

/// Makes aws-lc-rs the process's one provider. The first thing that `main` does; later calls change nothing.
pub fn install_provider() {
    let _ = aws_lc_rs::default_provider().install_default();
}

/// The suites that there are, all of them with forward secrecy and authenticated encryption; by the names of IANA.
pub fn cipher_suites() -> impl Iterator<Item = (String, SupportedCipherSuite)> {
    let name = |suite: &SupportedCipherSuite| suite.suite().as_str().unwrap_or_default().replace("TLS13_", "TLS_");
    aws_lc_rs::ALL_CIPHER_SUITES.iter().map(move |suite| (name(suite), *suite))
}

/// Reads the files that the configuration names.
///
/// # Errors
/// [`TlsError`].
pub fn from_files(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) else { return Err(TlsError::NoCertificate) };
    let chain = certificates(certificate, "certificate")?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|source| unreadable(key, "key", source))?;
    config(chain, key, tls)
}

/// Versions, suites and clients' authorities by the configuration; HTTP/2 and HTTP/1.1.
///
/// # Errors
/// Certificate and key do not fit, or clients' authorities cannot be read.
pub fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    tls: &Tls,
) -> Result<Arc<ServerConfig>, TlsError> {
    let versions: &[_] = if tls.allow_tls12 { rustls::ALL_VERSIONS } else { &[&rustls::version::TLS13] };
    let provider = CryptoProvider { cipher_suites: tls.cipher_suites.clone(), ..aws_lc_rs::default_provider() };
    let provider = Arc::new(provider);
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
    let builder = match tls.client_ca.as_ref().filter(|_| tls.agents_show_certificates) {
        Some(file) => builder.with_client_cert_verifier(clients(file, provider)?),
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

/// Asks everybody for a certificate and lets those in who have none: customers come to the same listener.
fn clients(file: &Path, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(file, "client-ca")? {
        roots.add(authority)?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).allow_unauthenticated();
    verifier.build().map_err(|source| TlsError::ClientAuthority { file: file.to_owned(), source })
}

fn certificates(file: &Path, key: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    all.map_err(|source| unreadable(file, key, source))
}

fn unreadable(file: &Path, key: &'static str, source: pem::Error) -> TlsError {
    TlsError::Pem { file: file.display().to_string(), key, source }
}
