#include "base/symbol.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image {
    const char *data;
    size_t size;
};

/* Returns a table of the image; NULL if it exceeds the file, which is then damaged. */
static const void *table_at(const struct image *image, const ElfW(Shdr) * section)
{
    bool inside =
        section->sh_offset <= image->size && section->sh_size <= image->size - section->sh_offset;
    return inside ? image->data + section->sh_offset : NULL;
}

static const char *find_in_section(const struct image *image, const ElfW(Shdr) * section,
                                   const ElfW(Shdr) * strings, uintptr_t offset)
{
    const ElfW(Sym) *symbols = table_at(image, section);
    const char *names = table_at(image, strings);
    if (!symbols || !names || strings->sh_size == 0 || names[strings->sh_size - 1] != '\0')
        return NULL;
    for (size_t i = 0; i < section->sh_size / sizeof *symbols; i++) {
        const ElfW(Sym) *symbol = &symbols[i];
        /* ELF32_ST_TYPE and ELF64_ST_TYPE are the same. */
        if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC &&
            offset - symbol->st_value < symbol->st_size && symbol->st_name < strings->sh_size)
            return names + symbol->st_name;
    }
    return NULL;
}

/* Searches the symbol table of the linker, which includes static functions. */
static const char *find_in_image(const struct image *image, uintptr_t offset)
{
    const ElfW(Ehdr) *header = (const void *)image->data;
    if (image->size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_shentsize != sizeof(ElfW(Shdr)) || header->e_shoff > image->size ||
        header->e_shnum > (image->size - header->e_shoff) / sizeof(ElfW(Shdr)))
        return NULL;
    const ElfW(Shdr) *sections = (const void *)(image->data + header->e_shoff);
    for (size_t i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB && sections[i].sh_link < header->e_shnum)
            return find_in_section(image, &sections[i], &sections[sections[i].sh_link], offset);
    return NULL;
}

static bool name_from_file(const char *path, uintptr_t offset, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct stat status;
    const char *name = NULL;
    void *data = MAP_FAILED;
    if (fstat(fd, &status) == 0 && status.st_size > 0)
        data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data != MAP_FAILED) {
        struct image image = {data, (size_t)status.st_size};
        name = find_in_image(&image, offset);
        if (name)
            snprintf(buffer, size, "%s", name);
        munmap(data, image.size);
    }
    close(fd);
    return name;
}

void symbol_name(const void *address, char *buffer, size_t size)
{
    Dl_info info;
    struct link_map *map;
    if (!dladdr1(address, &info, (void **)&map, RTLD_DL_LINKMAP)) {
        snprintf(buffer, size, "%p", address);
        return;
    }
    uintptr_t offset = (uintptr_t)address - map->l_addr;
    /* The link map of the program itself has an empty name. */
    const char *path = map->l_name[0] ? map->l_name : "/proc/self/exe";
    if (info.dli_saddr == address) {
        snprintf(buffer, size, "%s", info.dli_sname);
    } else if (!name_from_file(path, offset, buffer, size)) {
        const char *file = strrchr(info.dli_fname, '/');
        snprintf(buffer, size, "%s+0x%jx", file ? file + 1 : info.dli_fname, (uintmax_t)offset);
    }
}
