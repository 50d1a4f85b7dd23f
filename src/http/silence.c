#include "http/silence.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

double silence_of_socket(int socket, bool sends, uint64_t *acked)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return -1;
    uint32_t milliseconds = info.tcpi_last_data_recv;
    bool moved_up = sends && info.tcpi_bytes_acked != *acked;
    *acked = info.tcpi_bytes_acked;
    if (moved_up && info.tcpi_last_ack_recv < milliseconds)
        milliseconds = info.tcpi_last_ack_recv;
    return milliseconds * 1e-3;
}

bool silence_count_sent(int socket, uint64_t *ret_acked, uint64_t *ret_written)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    int queued = 0;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 ||
        ioctl(socket, SIOCOUTQ, &queued) < 0)
        return false;
    *ret_acked = info.tcpi_bytes_acked;
    *ret_written = info.tcpi_bytes_acked + (uint64_t)queued;
    return true;
}
