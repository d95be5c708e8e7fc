# A machine for the README's commands, which run in it as an ordinary user.
#
#     docker build --tag snippetgen .
#     docker run --name docs snippetgen                 # make docs; says which isolation the runs had
#     docker cp docs:/home/writer/snippetgen/site/public public
#
# Docker's defaults refuse the private namespaces that runs are kept in; site/pages/authors/systems.md has the options that allow them.

FROM python:3.12-slim-bookworm AS tools
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl git make php-cli php-curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home --shell /bin/bash writer
USER 1000

FROM tools
WORKDIR /home/writer/snippetgen
COPY --chown=1000 . .
RUN make setup
CMD ["make", "docs"]
