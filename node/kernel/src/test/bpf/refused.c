// A program that the verifier must refuse: it reads a packet without looking at its length.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int careless(struct __sk_buff *skb) {
    unsigned char *data = (void *)(long)skb->data;
    return data[100];
}
