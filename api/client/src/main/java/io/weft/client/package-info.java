/**
 * The typed client of the Neutron API. It promises that one call is one change, that nothing is done twice which would do
 * harm, and that an answer is bounded in size and time. It works with any server of that API and knows nothing of Weft's.
 */
@NullMarked
package io.weft.client;

import org.jspecify.annotations.NullMarked;
