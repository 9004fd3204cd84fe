/**
 * Everything that an operation can answer instead of a result, in one enum.
 *
 * <p>A problem has a category that says what a caller can do, and Neutron's name and message as facts. Dialects map the
 * categories once; nobody else makes up names or messages.
 */
@NullMarked
package io.weft.domain.error;

import org.jspecify.annotations.NullMarked;
