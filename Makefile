# afetch. `make deps demo` shows it, `make deps test` proves it; `make help` lists the rest.

VERSION  := 0.1.0
DATE     := 2026-11-21#  of this version
PREFIX   ?= /usr/local
DESTDIR  ?=
SANITIZE ?=#  address,undefined: a build of its own, beside the plain one
WERROR   ?= $(if $(CI),-Werror)

# A line for each step; the whole commands with V=1.
run       = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)
comma    := ,
VARIANT  := $(notdir $(CC))$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
BUILD    := build/$(VARIANT)

PACKAGES := libcurl libcares libssl libcrypto libcjson zlib libbrotlidec libzstd
LIBS     := -Wl,--as-needed $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lev -lm -pthread
CFLAGS   ?= -O2 -g
FLAGS    := -std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc -fPIC -pthread \
            -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla $(WERROR) \
            -DAFETCH_VERSION='"$(VERSION)"' -DAFETCH_DATE='"$(DATE)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) \
            $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)

objects   = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
LIBRARY  := $(call objects,src/base/*.c src/async/*.c src/http/*.c)
PROGRAM  := $(call objects,src/cli/*.c src/cli/*/*.c)
ORIGIN   := $(call objects,tests/support/*.c)
HTTP2    := $(call objects,tests/http2/*.c tests/support/descriptors.c)
UNIT     := $(call objects,tests/unit/*.c tests/unit/*/*.c tests/unit/*/*/*.c) $(filter-out %/main.o,$(PROGRAM))
CLI      := $(call objects,tests/cli/*.c)
EXAMPLES := $(patsubst %.c,$(BUILD)/%,$(wildcard examples/*.c))

# deps comes before everything else, and what it installed is seen only by a make that begins after it. These goals
# do without what the tests need.
PLAIN    := deps all demo man completions examples install uninstall
ifneq ($(filter deps,$(MAKECMDGOALS)),)
deps:
	@scripts/deps $(if $(filter-out $(PLAIN),$(MAKECMDGOALS)),tests)
$(filter-out deps,$(MAKECMDGOALS)): deps
	@$(MAKE) --no-print-directory $@
.PHONY: $(MAKECMDGOALS)
else

all: $(BUILD)/afetch $(BUILD)/libafetch.so

# Checked before the first file is compiled.
$(BUILD)/requirements:
	@mkdir -p $(@D)
	@scripts/requirements '$(CC)' $(PACKAGES)
	@touch $@

$(BUILD)/%.o: %.c | $(BUILD)/requirements
	@mkdir -p $(@D)
	$(call run,CC,$<)$(CC) $(FLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The page of --timeline, as the bytes of an array.
$(BUILD)/src/cli/observe/timeline.html.inc: src/cli/observe/timeline.html
	@mkdir -p $(@D)
	$(call run,EMBED,$<)od -An -v -td1 $< | sed 's/-*[0-9][0-9]*/&,/g' > $@

$(BUILD)/src/cli/observe/timeline_page.o: FLAGS += -I$(BUILD)/src
$(BUILD)/src/cli/observe/timeline_page.o: $(BUILD)/src/cli/observe/timeline.html.inc

$(BUILD)/libafetch.a: $(LIBRARY)
	$(call run,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/libafetch.so: $(LIBRARY) scripts/libafetch.map
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -shared -Wl,-soname,libafetch.so.0 \
	    -Wl,--version-script=scripts/libafetch.map -o $@ $(LIBRARY) $(LIBS)

# A request takes and gives back some fifty blocks, most of them libcurl's: in mimalloc they cost a half.
# A build that watches memory has an allocator of its own.
$(BUILD)/afetch $(BUILD)/bare: LIBS := $(if $(SANITIZE),,-lmimalloc) $(LIBS)
$(BUILD)/afetch: $(PROGRAM) $(BUILD)/libafetch.a
$(BUILD)/origin: $(ORIGIN) $(BUILD)/libafetch.a
$(BUILD)/http2-server: LIBS += -lnghttp2
$(BUILD)/http2-server: $(HTTP2) $(BUILD)/libafetch.a
# Functions that the unit tests make fail: tests/unit/failing_allocation.h.
ALLOCATORS := malloc calloc realloc free strdup vasprintf asprintf mmap munmap \
              madvise mprotect ZSTD_createDCtx ZSTD_freeDCtx
$(BUILD)/tests/unit/%.o: FLAGS += -Itests/unit
$(BUILD)/unit-tests: LIBS += -lcriterion -lbrotlienc $(addprefix -Wl$(comma)--wrap=,$(ALLOCATORS))
$(BUILD)/unit-tests: $(UNIT) $(BUILD)/libafetch.a
$(BUILD)/conformance: $(call objects,tests/conformance/*.c) $(BUILD)/libafetch.a
$(BUILD)/comparer: $(call objects,tests/comparer/*.c)
$(BUILD)/cli-tests: LIBS += -lcriterion
$(BUILD)/cli-tests: $(CLI)
$(addprefix $(BUILD)/,afetch origin http2-server conformance comparer unit-tests cli-tests):
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/dns: $(BUILD)/tests/web/dns.o
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^

# No example uses every argument that a coroutine or a callback is given.
$(EXAMPLES:=.o): FLAGS += -Wno-unused-parameter
examples: $(EXAMPLES)
$(EXAMPLES): %: %.o $(BUILD)/libafetch.a
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# The program writes its own manual page and completions, from its table of options.
GENERATED := $(addprefix $(BUILD)/afetch.,1 bash zsh fish)
man: $(BUILD)/afetch.1
completions: $(GENERATED)
$(BUILD)/afetch.1: $(BUILD)/afetch
	$(call run,MAN,$@)$< --generate man >$@
$(addprefix $(BUILD)/afetch.,bash zsh fish): $(BUILD)/afetch.%: $(BUILD)/afetch
	$(call run,GEN,$@)$< --generate $* >$@
.DELETE_ON_ERROR:

demo: $(BUILD)/afetch $(BUILD)/origin
	@scripts/demo $(BUILD)

# A program beside the tree is compiled as the library was.
TESTING  := CC='$(CC)' SANITIZE='$(SANITIZE)'
TESTS    := $(addprefix $(BUILD)/,afetch origin http2-server conformance comparer dns unit-tests cli-tests) $(EXAMPLES)

tests: $(TESTS) $(BUILD)/libafetch.so

test: tests
	@$(TESTING) scripts/test $(BUILD)

valgrind: $(TESTS) $(BUILD)/libafetch.so
	@$(TESTING) scripts/test $(BUILD) --valgrind

# A build of its own, whose objects count the lines that run. RUN='build/coverage/unit-tests' runs that alone.
coverage:
	@$(MAKE) --no-print-directory BUILD=build/coverage CFLAGS='-O0 -g' SANITIZE= \
	    CC='$(CC) --coverage -fprofile-update=atomic -fno-exceptions' measured

measured: tests
	@$(TESTING) scripts/coverage $(BUILD) $(RUN)

conformance: $(BUILD)/conformance $(BUILD)/comparer
	@scripts/conformance $(BUILD) $(SEEDS)

twins: $(BUILD)/origin
	@scripts/examples $(BUILD) $(or $(PYTHON),python3) | awk '{ print } /^not ok/ { bad = 1 } END { exit bad || !NR }'

$(BUILD)/bare: $(BUILD)/tests/bench/bare.o
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bench-core: $(BUILD)/tests/bench/core.o $(BUILD)/libafetch.a
	$(call run,LINK,$@)$(CC) $(FLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

bench: $(BUILD)/afetch $(BUILD)/origin $(BUILD)/bare $(BUILD)/bench-core
	@scripts/bench $(BUILD)

bench-web: $(addprefix $(BUILD)/,afetch origin dns bare)
	@scripts/bench-web $(BUILD) $(LINES)

bench-core: $(BUILD)/bench-core
	@scripts/bench $(BUILD) core

SHARE    := $(DESTDIR)$(PREFIX)/share

install: all $(BUILD)/libafetch.a $(GENERATED)
	@install -d $(DESTDIR)$(PREFIX) 2>/dev/null && [ -w $(DESTDIR)$(PREFIX) ] || { \
	    echo "$(DESTDIR)$(PREFIX) cannot be written: be root, or choose a directory, as in" >&2; \
	    echo "  make install PREFIX=\$$HOME/.local" >&2; exit 1; }
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/pkgconfig include/afetch)
	install -d $(addprefix $(SHARE)/,man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	install -m 755 $(BUILD)/afetch $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(BUILD)/libafetch.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 $(BUILD)/libafetch.so $(DESTDIR)$(PREFIX)/lib/libafetch.so.0
	ln -sf libafetch.so.0 $(DESTDIR)$(PREFIX)/lib/libafetch.so
	install -m 644 include/afetch/*.h $(DESTDIR)$(PREFIX)/include/afetch/
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' scripts/afetch.pc.in \
	    > $(DESTDIR)$(PREFIX)/lib/pkgconfig/afetch.pc
	install -m 644 $(BUILD)/afetch.1 $(SHARE)/man/man1/
	install -m 644 $(BUILD)/afetch.bash $(SHARE)/bash-completion/completions/afetch
	install -m 644 $(BUILD)/afetch.zsh $(SHARE)/zsh/site-functions/_afetch
	install -m 644 $(BUILD)/afetch.fish $(SHARE)/fish/vendor_completions.d/

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/afetch \
	    $(addprefix $(DESTDIR)$(PREFIX)/lib/,libafetch.a libafetch.so libafetch.so.0 pkgconfig/afetch.pc) \
	    $(addprefix $(DESTDIR)$(PREFIX)/,$(wildcard include/afetch/*.h)) \
	    $(addprefix $(SHARE)/,man/man1/afetch.1 bash-completion/completions/afetch \
	        zsh/site-functions/_afetch fish/vendor_completions.d/afetch.fish)
	rmdir $(DESTDIR)$(PREFIX)/include/afetch

SOURCES  := $(shell find include src tests examples -name '*.[ch]' 2>/dev/null)

format:
	clang-format -i $(SOURCES)

lint:
	@scripts/lint $(SOURCES)

# The checks of .clang-tidy. The compiler's warnings come from compiling; the object stands for the headers.
$(BUILD)/%.tidy: %.c $(BUILD)/%.o .clang-tidy
	$(call run,TIDY,$<)clang-tidy --quiet $< -- $(FLAGS) -I$(BUILD)/src -w 2>$@.log >&2 || { cat $@.log; exit 1; }
	@touch $@

tidy: $(patsubst %.c,$(BUILD)/%.tidy,$(filter %.c,$(SOURCES)))

compdb: clean
	bear --output compile_commands.json -- $(MAKE) all $(BUILD)/origin $(BUILD)/unit-tests

clean:
	rm -rf build compile_commands.json

help:
	@echo 'make            the program and the libraries, in $(BUILD)'
	@echo 'make deps ...   first install what is missing for the other goals (Debian), then make them'
	@echo 'make man        the manual page, $(BUILD)/afetch.1; make completions: those of the shells'
	@echo 'make demo       fetch urls.txt from a server on this machine'
	@echo 'make test       all tests; SANITIZE=address,undefined for a build that watches memory; make tests builds them'
	@echo 'make conformance   compare with the traces of CPython; SEEDS=5000:6000 for fresh ones'
	@echo 'make valgrind   all tests under valgrind'
	@echo 'make coverage   the lines of each file that the tests run, the least covered file first'
	@echo 'make twins      the examples in Python (3.13), which print the same'
	@echo 'make bench      the figures of one host; make bench-core: those of the core'
	@echo 'make bench-web  those of many hosts, HTTPS and HTTP/2; LINES="once names" for some of them'
	@echo 'make install    to PREFIX ($(PREFIX)) below DESTDIR; make uninstall takes it away'
	@echo 'make lint       formatting, includes, scripts and warnings; make tidy, format, compdb, clean'

.PHONY: all examples demo tests test coverage measured conformance valgrind twins bench bench-web bench-core install uninstall format \
        lint tidy compdb clean help
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
endif
