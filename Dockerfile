# syntax=docker/dockerfile:1
# Build:  docker build --tag footnote .
#         (plain torch may bring gigabytes of CUDA: pass the CPU index with --build-arg PIP_EXTRA_INDEX_URL=…)
# Users:  docker run --rm -it -v footnote:/library footnote user ada
# Run:    docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#             -p 127.0.0.1:7860:7860 -v footnote:/library footnote
# Put a proxy with TLS in front before others come in; name it with -e FOOTNOTE_NAMES=notes.example.org

FROM python:3.12.11-slim-bookworm AS build
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 FOOTNOTE_CACHE=/opt/footnote/cache
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY index ./index
COPY assistant ./assistant
RUN python -m venv /opt/footnote \
    && /opt/footnote/bin/pip install --constraint constraints.txt . \
    && /opt/footnote/bin/python -c "from index.export import exported_model; exported_model()"

FROM python:3.12.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin footnote \
    && install --directory --owner footnote --group footnote --mode 0700 /library
COPY --from=build /opt/footnote /opt/footnote
ENV PATH=/opt/footnote/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    GRADIO_TEMP_DIR=/tmp/gradio \
    FOOTNOTE_CACHE=/opt/footnote/cache \
    FOOTNOTE_LIBRARY=/library/default \
    FOOTNOTE_AUTH=/library/users \
    FOOTNOTE_HOST=0.0.0.0
USER 10001:10001
VOLUME /library
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/health', timeout=4)"]
ENTRYPOINT ["footnote"]
CMD ["--log-format", "json", "serve"]
