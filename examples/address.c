/* Prints the address of the lan. Build it with: cc address.c $(pkg-config --cflags --libs cms) */
#include <cms.h>
#include <stdio.h>

int main(void)
{
    cms_module *network;
    char address[64];
    cms_status status = cms_open("network", NULL, &network);
    if (status == CMS_OK) {
        status = cms_get_string(network, "lan.ipaddr", address, sizeof address, NULL);
        cms_close(network);
    }

    if (status != CMS_OK) {
        fprintf(stderr, "network.lan.ipaddr: %s\n", cms_status_text(status));
        return 1;
    }

    puts(address);
    return 0;
}
