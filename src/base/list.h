/* List: an intrusive doubly linked list. The elements contain the link, so adding and removing
 * cannot fail. An empty list, and a link that is not in a list, point to themselves. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next;
    struct list *previous;
};

#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* Iterates over a list. The body may remove the current link, but no other. */
/* NOLINTBEGIN(bugprone-macro-parentheses): LINK is a name that is declared */
#define list_for_each(link, head)                                                     \
    for (struct list *link = (head)->next, *link##_next = link->next; link != (head); \
         link = link##_next, link##_next = link->next)
/* NOLINTEND(bugprone-macro-parentheses) */

static inline void list_init(struct list *list)
{
    list->next = list->previous = list;
}

static inline bool list_empty(const struct list *list)
{
    return list->next == list;
}

static inline void list_append(struct list *list, struct list *link)
{
    link->previous = list->previous;
    link->next = list;
    list->previous->next = link;
    list->previous = link;
}

static inline void list_prepend(struct list *list, struct list *link)
{
    list_append(list->next, link);
}

static inline void list_remove(struct list *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list_init(link);
}

/* Removes and returns the first link; NULL if the list is empty. */
static inline struct list *list_pop(struct list *list)
{
    struct list *link = list->next;
    if (link == list)
        return NULL;
    /* The analyzer does not follow removed links. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    list_remove(link);
    return link;
}

/* Moves all links of FROM to the end of LIST. */
static inline void list_append_all(struct list *list, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->previous = list->previous;
    list->previous->next = from->next;
    from->previous->next = list;
    list->previous = from->previous;
    list_init(from);
}

#endif
