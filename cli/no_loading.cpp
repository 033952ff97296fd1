// SPDX-License-Identifier: MIT
// The static program loads no library, whoever asks (SQLite's extensions, OpenSSL's engines): these
// stand in place of glibc's, which would look for the glibc that it was linked from.

extern "C" {

void* dlopen(const char*, int) { return nullptr; }
void* dlsym(void*, const char*) { return nullptr; }
int dlclose(void*) { return -1; }
char* dlerror() {
  static char words[] = "this program loads no libraries";
  return words;
}

}  // extern "C"
