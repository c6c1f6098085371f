//! The peer: nginx as a caching proxy with TLS, in a folder and on a port of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::process::Server;

/// Starts it in front of `site`, with the certificate and key that lie in `folder`.
///
/// # Panics
/// nginx is missing.
#[must_use]
pub fn start(folder: &Path, address: SocketAddr, site: SocketAddr) -> Server {
    let file = folder.join("nginx.conf");
    std::fs::write(&file, config(folder, address, site)).expect("a place for nginx.conf");
    Server::start(Command::new("nginx").arg("-c").arg(&file).arg("-e").arg(folder.join("error.log")), address)
}

/// One worker, one cipher suite, no log, and nothing that closes a connection.
fn config(folder: &Path, address: SocketAddr, site: SocketAddr) -> String {
    let here = folder.display();
    // Only root may choose whom the worker runs as; by default it could not read the folder.
    let user = if rustix::process::getuid().is_root() { "user root;" } else { "" };
    format!(
        "daemon off; worker_processes 1; pid {here}/nginx.pid; {user}
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_timeout 1h; keepalive_requests 1000000000;
    client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
    proxy_cache_path {here}/cache levels=1:2 keys_zone=assets:10m max_size=256m inactive=1h use_temp_path=off;
    open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h; open_file_cache_min_uses 1;
    server {{
        listen {address} ssl;
        ssl_certificate {here}/certificate.pem; ssl_certificate_key {here}/key.pem;
        ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_256_GCM_SHA384;
        location / {{ proxy_pass http://{site}; proxy_cache assets; proxy_cache_valid 200 1h; }}
    }}
}}
"
    )
}
