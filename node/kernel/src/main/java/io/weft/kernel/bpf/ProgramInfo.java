package io.weft.kernel.bpf;

/**
 * What the kernel says of a loaded program.
 *
 * @param type number in {@code enum bpf_prog_type}; 3 is a traffic control classifier
 * @param id number of the program in this kernel
 * @param tag a hash of the instructions as they were before the verifier's rewriting, whatever maps they use; programs
 *     with one tag were compiled from one source
 * @param name at most 15 characters; longer names were cut
 * @param instructions instructions after the verifier's rewriting
 * @param verifiedInstructions instructions that the verifier walked, over all paths
 * @param runNanoseconds time in the program, while the kernel's statistics are on
 * @param runCount calls, while the kernel's statistics are on
 */
public record ProgramInfo(
        int type,
        int id,
        long tag,
        String name,
        int instructions,
        int verifiedInstructions,
        long runNanoseconds,
        long runCount) {}
