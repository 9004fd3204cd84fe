package io.weft.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Finds C functions and calls them with their error number kept. */
public final class Foreign {
    /** Where the error number of a call goes; handles made by {@link #withErrno} take it as first argument. */
    public static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Foreign() {}

    /** The functions of the C library. */
    public static SymbolLookup libc() {
        return LINKER.defaultLookup();
    }

    /** The functions of a shared library, for the life of the process. */
    public static SymbolLookup library(String name) {
        return SymbolLookup.libraryLookup(name, Arena.global());
    }

    /** A call whose result says all, error number included. */
    public static MethodHandle plain(SymbolLookup library, String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(symbol(library, name), type);
    }

    /** A call that leaves its error number in a segment of {@link #ERRNO_LAYOUT}. */
    public static MethodHandle withErrno(SymbolLookup library, String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(symbol(library, name), type, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #withErrno}, for a C function with variable arguments that begin at the given index. */
    public static MethodHandle variadicWithErrno(
            SymbolLookup library, String name, int firstVariable, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                symbol(library, name),
                type,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariable));
    }

    /** The error number that a call left behind. */
    public static int errno(MemorySegment captured) {
        return (int) ERRNO.get(captured, 0L);
    }

    /** A native function that calls back into Java, for the life of the process; the target must never throw. */
    public static MemorySegment callback(MethodHandle target, FunctionDescriptor type) {
        return LINKER.upcallStub(target, type, Arena.global());
    }

    /** What a method handle threw although the call cannot throw: an error of ours. */
    public static AssertionError unexpected(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        return new AssertionError(thrown);
    }

    /** The text of a NUL-terminated string at a native address. */
    public static String string(MemorySegment address) {
        return address.equals(MemorySegment.NULL)
                ? ""
                : address.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** A copy of bytes, aligned for any C type. */
    public static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment segment = arena.allocate(Math.max(bytes.length, 1), 8);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** A copy of bytes that is as long as they are: what a call takes for its length. */
    public static MemorySegment copyExact(Arena arena, byte[] bytes) {
        return copy(arena, bytes).asSlice(0, bytes.length);
    }

    private static MemorySegment symbol(SymbolLookup library, String name) {
        return library.find(name).orElseThrow(() -> new IllegalStateException("no C function '" + name + "'"));
    }
}
