// The CNI executable (https://www.cni.dev/docs/spec/): hands what a container runtime says to the agent of this host
// and prints what the agent answers. It keeps nothing, reads no JSON and does nothing by itself, so that it may be
// killed at any point and run any number of times at once.
//
// The request is one HTTP POST on the agent's unix socket. Its body is the environment as in /proc/PID/environ, texts
// NAME=VALUE that each end with a zero byte, then an empty text, then the standard input as it came.

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

// What the agent takes at most is 1 MiB; the environment has its share of it.
#define MAX_INPUT (768 * 1024)
#define MAX_ENVIRONMENT (128 * 1024)
#define MAX_ANSWER (1024 * 1024)

// Longer than the agent waits for anything.
#define PATIENCE_SECONDS 90

#define DEFAULT_SOCKET "/run/weft/agent.sock"

// Codes of errors: https://www.cni.dev/docs/spec/#error
enum code {
    INVALID_ENVIRONMENT = 4,
    IO_FAILURE = 5,
    TRY_AGAIN_LATER = 11,
    NOT_AVAILABLE = 50,
};

static const char *const variables[] = {
    "CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH",
};

static char body[MAX_ENVIRONMENT + MAX_INPUT];
static char answer[MAX_ANSWER + 1];

static bool write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        length -= (size_t)done;
    }
    return true;
}

static bool print(const char *text) {
    return write_all(STDOUT_FILENO, text, strlen(text));
}

static void number(char *end, unsigned long value, char **start) {
    *--end = 0;
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    *start = end;
}

// Prints an error object and ends. The texts are of this file or of the C library: nothing in them needs quoting.
static _Noreturn void fail(enum code code, const char *message, const char *details) {
    char digits[24], *text;
    number(digits + sizeof digits, code, &text);
    print("{\"cniVersion\":\"1.1.0\",\"code\":");
    print(text);
    print(",\"msg\":\"");
    print(message);
    print("\",\"details\":\"");
    print(details);
    print("\"}\n");
    _exit(1);
}

// Reads until the end or the bound; the length, or -1 for an error, with errno EFBIG when there is more.
static ssize_t read_all(int fd, char *into, size_t most) {
    size_t length = 0;
    while (true) {
        char more;
        ssize_t got = length < most ? read(fd, into + length, most - length) : read(fd, &more, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            return (ssize_t)length;
        if (length == most) {
            errno = EFBIG;
            return -1;
        }
        length += (size_t)got;
    }
}

static size_t put_environment(void) {
    size_t length = 0;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (value == NULL)
            continue;
        size_t name = strlen(variables[i]), text = strlen(value);
        if (text > MAX_ENVIRONMENT || length + name + text + 3 > MAX_ENVIRONMENT)
            fail(INVALID_ENVIRONMENT, "the environment is too long", variables[i]);
        memcpy(body + length, variables[i], name);
        body[length + name] = '=';
        memcpy(body + length + name + 1, value, text + 1);
        length += name + text + 2;
    }
    body[length] = 0;
    return length + 1;
}

static int reach(const char *path, enum code away) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    if (strlen(path) >= sizeof address.sun_path)
        fail(INVALID_ENVIRONMENT, "the path of the agent's socket is too long", "WEFT_AGENT_SOCKET");
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail(IO_FAILURE, "no socket", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        if (errno != EINTR)
            fail(away, "the agent of this host does not answer", strerror(errno));
    return fd;
}

static bool send_request(int fd, size_t length) {
    char digits[24], *text;
    number(digits + sizeof digits, length, &text);
    char head[128] = "POST /v1/cni HTTP/1.1\r\nHost: weft\r\nContent-Length: ";
    strcat(head, text);
    strcat(head, "\r\n\r\n");
    return write_all(fd, head, strlen(head)) && write_all(fd, body, length);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const char *command = getenv("CNI_COMMAND");
    if (command == NULL)
        fail(INVALID_ENVIRONMENT, "this is a CNI plug-in: container runtimes start it", "CNI_COMMAND is not set");
    if (strcmp(command, "VERSION") == 0)
        return print("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n") ? 0 : 1;

    enum code away = strcmp(command, "STATUS") == 0 ? NOT_AVAILABLE : TRY_AGAIN_LATER;
    size_t length = put_environment();
    ssize_t input = read_all(STDIN_FILENO, body + length, sizeof body - length);
    if (input < 0)
        fail(IO_FAILURE, "the network configuration cannot be read", strerror(errno));
    length += (size_t)input;

    const char *path = getenv("WEFT_AGENT_SOCKET");
    int fd = reach(path == NULL || *path == 0 ? DEFAULT_SOCKET : path, away);
    if (!send_request(fd, length))
        fail(away, "the agent of this host takes no request", strerror(errno));
    ssize_t got = read_all(fd, answer, MAX_ANSWER);
    if (got < 0)
        fail(away, "the agent of this host does not answer", strerror(errno));
    answer[got] = 0;

    static const char good[] = "HTTP/1.1 200 ", length_name[] = "\r\nContent-Length: ";
    char *end = strstr(answer, "\r\n\r\n");
    char *said = strstr(answer, length_name);
    if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || end == NULL || said == NULL || said > end)
        fail(away, "the agent of this host stopped before it answered", "no whole answer");
    char *content = end + 4;
    size_t left = (size_t)(answer + got - content);
    if (strtoul(said + sizeof length_name - 1, NULL, 10) != left)
        fail(away, "the agent of this host stopped before it answered", "an answer was cut short");
    bool done = strncmp(answer, good, sizeof good - 1) == 0;
    // Of what is done, only ADD has a result.
    if ((!done || strcmp(command, "ADD") == 0) && !write_all(STDOUT_FILENO, content, left))
        return 1;
    return done ? 0 : 1;
}
