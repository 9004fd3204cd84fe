/**
 * The Linux kernel as Java sees it: C library calls, error numbers and file descriptors.
 *
 * <p>Everything goes through {@code java.lang.foreign} in this process; there is no native code of ours and no helper
 * process. Failures of the kernel are {@link io.weft.kernel.KernelException}s that name the operation and the error
 * number.
 */
@NullMarked
package io.weft.kernel;

import org.jspecify.annotations.NullMarked;
