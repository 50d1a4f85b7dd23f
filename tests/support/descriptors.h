/* The limit on the descriptors of a server. */
#ifndef SUPPORT_DESCRIPTORS_H
#define SUPPORT_DESCRIPTORS_H

/* As many as the system allows. Where this fails, there are as many connections as there are. */
void descriptors_raise_limit(void);

#endif
