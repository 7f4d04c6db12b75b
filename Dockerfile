# localbuild as an image, for use as a step of a CI.
#
#   docker build --tag localbuild .
#   docker run --rm -v /var/run/docker.sock:/var/run/docker.sock -v "$PWD:$PWD" -w "$PWD" localbuild run
#
# The socket is the host's engine: build containers run beside this one, not in it. The source is mounted
# at the path it has on the host, so that a path means the same to this container and to the engine.
#
# Behind a proxy that signs with its own CA: copy its bundle to ca-certificates.crt beside this file. It is
# used while building and is not in the image. For the run, mount it:
#   -v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro
#
# Any base with Python 3.11 or newer, its venv module and apt-get or git will do: --build-arg BASE=...
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /src
# The bracket makes the CA bundle optional: a pattern may match nothing.
COPY pyproject.toml README.md requirements.lock ca-certificates.cr[t] ./
RUN python3 -m venv /opt/localbuild \
    && sed -e '/--hash=/d' -e 's/ *\\$//' requirements.lock > constraints.txt
COPY localbuild localbuild
COPY schemas schemas
RUN if [ -s ca-certificates.crt ]; then export PIP_CERT=/src/ca-certificates.crt; fi \
    && /opt/localbuild/bin/pip install --no-cache-dir --disable-pip-version-check --no-input \
        --constraint constraints.txt . \
    && /opt/localbuild/bin/pip uninstall --yes --quiet pip

FROM ${BASE}
LABEL org.opencontainers.image.title="localbuild" \
      org.opencontainers.image.description="A CodeBuild-compatible build runner for your own machine and CI" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN command -v git >/dev/null \
    || { apt-get update \
        && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends git \
        && rm -rf /var/lib/apt/lists/*; }
COPY --from=build /opt/localbuild /opt/localbuild
ENV PATH=/opt/localbuild/bin:${PATH}
ENTRYPOINT ["localbuild"]
CMD ["--help"]
