/**
 * From Kubernetes objects to what Neutron shall have: facts of pods and policies, the groups and rules that these mean. Pure
 * functions: the same objects give the same answer. What cannot be translated is refused with a sentence for whoever wrote
 * the object.
 */
@NullMarked
package io.weft.kubernetes.translate;

import org.jspecify.annotations.NullMarked;
