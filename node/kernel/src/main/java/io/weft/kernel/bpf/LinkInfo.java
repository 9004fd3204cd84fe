package io.weft.kernel.bpf;

/**
 * What the kernel says of a link.
 *
 * @param type number in {@code enum bpf_link_type}
 * @param id number of the link in this kernel
 * @param programId the program that runs now
 * @param interfaceIndex the interface of an interface's link, in its own namespace; 0 once the interface is gone
 * @param attachType number in {@code enum bpf_attach_type}, for tcx links
 */
public record LinkInfo(int type, int id, int programId, int interfaceIndex, int attachType) {}
