/**
 * What every store must do, as tests that each store's module runs on its own.
 *
 * <p>The tests use keys of their own and revisions relative to the one they begin with, so that one store serves all of
 * them. They are published as a test archive.
 */
@NullMarked
package io.weft.store.contract;

import org.jspecify.annotations.NullMarked;
