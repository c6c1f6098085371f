# The server as an image: docker build -t vitrine .
FROM rust:1.95-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm
WORKDIR /vitrine
COPY . .
RUN cargo build --release --locked -p vitrine

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system vitrine
COPY --from=build /vitrine/target/release/vitrine /usr/local/bin/vitrine
USER vitrine
EXPOSE 8443 9464
ENTRYPOINT ["vitrine"]
CMD ["serve", "--config", "/etc/vitrine/vitrine.toml"]
