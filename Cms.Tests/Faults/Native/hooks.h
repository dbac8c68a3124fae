/* The functions of the C library that this library stands in front of. */
#ifndef FAULTS_HOOKS_H
#define FAULTS_HOOKS_H

/* Visible to the programs under test; nothing else of this library is. */
#define HOOK __attribute__((visibility("default")))

/* The function of the C library that a hook stands in front of. */
void *hooks_original(const char *name);

#endif
