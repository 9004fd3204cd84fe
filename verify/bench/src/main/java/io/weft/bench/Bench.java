package io.weft.bench;

import java.util.List;

/** Something that is measured. */
interface Bench {
    /** The name by which it is asked for. */
    String name();

    /** One line for people: what it measures. */
    String about();

    /** Measures; may say on standard error how far it is. */
    List<Result> run() throws Exception;
}
