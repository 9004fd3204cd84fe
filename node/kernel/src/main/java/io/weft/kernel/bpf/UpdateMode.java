package io.weft.kernel.bpf;

/** What an update may do about an entry that is there already. */
public enum UpdateMode {
    /** Create or replace. */
    ANY(0),
    /** Only create: EEXIST when it is there. */
    CREATE(1),
    /** Only replace: ENOENT when it is not there. */
    REPLACE(2);

    private final int flag;

    UpdateMode(int flag) {
        this.flag = flag;
    }

    int flag() {
        return flag;
    }
}
