# Short names for people who type make; everything is done by ./run.
.PHONY: demo test check bench requirements

UV_COMPILE = .venv/bin/python -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate
# An address of a package index must never be written into these files.
PLAIN = env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL

demo:
	./run demo

test:
	./run test

check:
	./run check

bench:
	./run bench

requirements:
	$(PLAIN) $(UV_COMPILE) requirements.in -o requirements.txt
	$(PLAIN) $(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
	$(PLAIN) $(UV_COMPILE) requirements-install.in -o requirements-install.txt
	$(PLAIN) $(UV_COMPILE) requirements-node.in -o requirements-node.txt
