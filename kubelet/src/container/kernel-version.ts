/** The kernel that nodes say they have, and that programs see. */
export const KERNEL_VERSION = '6.12.0-kubarium';
